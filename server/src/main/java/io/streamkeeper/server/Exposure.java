package io.streamkeeper.server;

import io.streamkeeper.server.config.ServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Whether other machines reach a server. A server on such an address that does not authenticate its clients is refused,
 * unless the configuration allows it.
 */
final class Exposure {
    private Exposure() {}

    /**
     * Refuses a configuration in which everybody on the network may do everything by mistake.
     *
     * @param authenticates whether clients have to authenticate themselves
     * @throws IllegalArgumentException if the address is reachable, and the configuration does not allow it
     */
    static void check(ServerConfig config, boolean authenticates) {
        if (!authenticates && !config.security().allowAnonymous() && isReachable(config)) {
            throw new IllegalArgumentException("host is \"" + config.listen().host()
                    + "\", which other machines reach, and no authentication is configured: everybody could read, write"
                    + " and delete all streams; expected a loopback address such as 127.0.0.1, or authentication, or"
                    + " --allow-anonymous");
        }
    }

    /** Whether the host of the configuration is an address other than those of the loopback interface. */
    static boolean isReachable(ServerConfig config) {
        InetAddress address = new InetSocketAddress(config.listen().host(), 0).getAddress();
        return address != null && !address.isLoopbackAddress();
    }
}
