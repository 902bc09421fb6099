package io.streamkeeper.server.http.request;

import io.streamkeeper.protocol.Refusal;

/**
 * Received bytes that are not a request, and can only be refused. The start of the next request is not known, so the
 * connection ends after the response.
 *
 * @param refusal the answer
 */
public record MalformedRequest(Refusal refusal) {}
