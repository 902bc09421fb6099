package io.streamkeeper.server.http.request;

/**
 * The client waits for a {@code 100 Continue} before it sends the body of a request whose head was accepted. This
 * message has a place among the requests: the interim response is sent after the responses to the requests before it.
 */
public enum ContinueExpected {
    INSTANCE
}
