package io.streamkeeper.server;

import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.security.ConfiguredPolicy;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

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
        if (config.security().allowAnonymous()) {
            return;
        }
        InetSocketAddress admin = config.listen().adminAddress();
        if (!config.security().authenticates() && admin != null && isReachable(admin.getAddress())) {
            throw new IllegalArgumentException(
                    "admin-listen is \"" + config.listen().adminListen()
                            + "\", which other machines reach, and no authentication by tokens is configured: everybody could"
                            + " administer the server; expected a loopback address such as 127.0.0.1:14437, or authentication,"
                            + " or --allow-anonymous");
        }
        if (!authenticates && isReachable(config)) {
            throw new IllegalArgumentException("host is \"" + config.listen().host()
                    + "\", which other machines reach, and no authentication is configured: everybody could read, write"
                    + " and delete all streams; expected a loopback address such as 127.0.0.1, or authentication, or"
                    + " --allow-anonymous");
        }
    }

    /**
     * The policy of a configuration; null if it does not authenticate clients. Its classes are loaded only if it does.
     *
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if the content of a file is not valid
     */
    static @Nullable SecurityPolicy policy(ServerConfig config) throws IOException {
        return config.security().authenticates()
                ? ConfiguredPolicy.open(config.security(), Clock.SYSTEM::nowMillis)
                : null;
    }

    /** Whether clients have to authenticate themselves, by credentials in requests or by certificates. */
    static boolean authenticates(ServerConfig config) {
        return config.security().authenticates() || config.tls().authenticates();
    }

    /** Whether the host of the configuration is an address other than those of the loopback interface. */
    static boolean isReachable(ServerConfig config) {
        return isReachable(new InetSocketAddress(config.listen().host(), 0).getAddress());
    }

    private static boolean isReachable(@Nullable InetAddress address) {
        return address != null && !address.isLoopbackAddress();
    }
}
