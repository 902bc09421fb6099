package io.streamkeeper.server.config;

/**
 * Where the server listens and with what.
 *
 * @param host name or address to listen on
 * @param port 0 for any that is free
 * @param transport how it talks to the sockets
 * @param shards event loops and shards; 0 for one for every two cores
 * @param connectionsMax connections that are open at once; more are closed as soon as they come
 */
public record ListenConfig(String host, int port, Transport transport, int shards, int connectionsMax) {
    private static final int PORT_MAX = 65_535;
    private static final int SHARDS_MAX = 1_024;
    private static final int CONNECTIONS_MAX = 10_000_000;

    /**
     * Checks the values.
     *
     * @param host not blank; it is looked up when the server starts
     * @param port 0 … {@value #PORT_MAX}
     * @param transport any; whether it loads is found out when the server starts
     * @param shards 0 … {@value #SHARDS_MAX}
     * @param connectionsMax 1 … {@value #CONNECTIONS_MAX}
     * @throws IllegalArgumentException if one is not so
     */
    public ListenConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host is empty; expected a name or an address");
        }
        Range.check("port", port, 0, PORT_MAX);
        Range.check("shards", shards, 0, SHARDS_MAX);
        Range.check("max-connections", connectionsMax, 1, CONNECTIONS_MAX);
    }

    /** {@return port 4437 of the loopback interface} */
    public static ListenConfig defaults() {
        return new ListenConfig("127.0.0.1", 4437, Transport.AUTO, 0, 65_536);
    }

    /**
     * {@return the same on another host}
     *
     * @param newHost name or address, not blank; it is looked up when the server starts
     * @throws IllegalArgumentException if it is blank
     */
    public ListenConfig withHost(String newHost) {
        return new ListenConfig(newHost, port, transport, shards, connectionsMax);
    }

    /**
     * {@return the same on another port}
     *
     * @param newPort 0 … {@value #PORT_MAX}; 0 for any that is free
     * @throws IllegalArgumentException if it is out of that range
     */
    public ListenConfig withPort(int newPort) {
        return new ListenConfig(host, newPort, transport, shards, connectionsMax);
    }
}
