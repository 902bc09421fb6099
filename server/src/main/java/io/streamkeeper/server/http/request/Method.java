package io.streamkeeper.server.http.request;

/** A request's method, as far as the server distinguishes them. */
public enum Method {
    GET,
    HEAD,
    PUT,
    POST,
    DELETE,
    PATCH,
    OPTIONS,
    /** Any other token. */
    OTHER
}
