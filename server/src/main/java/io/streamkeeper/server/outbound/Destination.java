package io.streamkeeper.server.outbound;

/**
 * Where a connection leads to.
 *
 * @param isTls whether it is one of TLS
 * @param host a name, or an address
 * @param port the port
 */
public record Destination(boolean isTls, String host, int port) {}
