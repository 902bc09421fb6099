package io.streamkeeper.server.http.route;

import io.streamkeeper.server.http.request.HttpRequest;

/**
 * Answers the requests of a path. Called on the loop of the connection, which it must not block: an answer that takes
 * long to create is given later, by any thread. A handler serves all connections, so it keeps no state of a request.
 */
public interface RouteHandler {
    /**
     * Answers a request, now or later.
     *
     * @param request released with its body when this method returns; a handler that needs the body later retains it
     * @param answering receives the answer, once, or refuses the request
     * @throws io.streamkeeper.protocol.RefusedException to refuse the request
     */
    void handle(HttpRequest request, Answering answering);
}
