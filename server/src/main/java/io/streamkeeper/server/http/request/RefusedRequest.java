package io.streamkeeper.server.http.request;

/**
 * A request that is refused by its head, whose body is not stored.
 *
 * @param head of the request
 * @param verdict the refusal
 * @param closes whether the connection ends after the answer, because the end of the body is not awaited
 */
public record RefusedRequest(RequestHead head, BodyCheck.Verdict verdict, boolean closes) {}
