package io.streamkeeper.server.http.request;

import io.streamkeeper.protocol.Refusal;

/**
 * What came in place of a request cannot be answered but with a refusal; where the next request begins is not known, so
 * the connection ends after the response.
 *
 * @param refusal the answer
 */
public record MalformedRequest(Refusal refusal) {}
