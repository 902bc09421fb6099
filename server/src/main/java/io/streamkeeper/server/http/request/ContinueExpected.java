package io.streamkeeper.server.http.request;

/**
 * The client waits for a {@code 100 Continue} before it sends the body of a request whose head was accepted. It has its
 * place among the requests: the interim response goes out behind the responses to those before it.
 */
public enum ContinueExpected {
    INSTANCE
}
