package io.streamkeeper.server.http.request;

import io.streamkeeper.server.limit.LimitRefusal;

/**
 * A request that is refused by its head, whose body was not stored.
 *
 * @param head of the request
 * @param refusal the answer
 * @param closes whether the connection ends after the answer, because the end of the body is not awaited
 */
public record RefusedRequest(RequestHead head, LimitRefusal refusal, boolean closes) {}
