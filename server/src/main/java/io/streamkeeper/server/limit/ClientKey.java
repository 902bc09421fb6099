package io.streamkeeper.server.limit;

import io.streamkeeper.server.config.AddressRanges;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The key of a client's account: its authenticated name, or else its address. An IPv6 client can send from each address
 * of its network, so that the first 64 bits are the key.
 */
public final class ClientKey {
    /** The key of connections without an address of the Internet. */
    static final String LOCAL = "address local";

    private static final int NETWORK_BYTES = 8;

    private ClientKey() {}

    static String ofName(String name) {
        return "name " + name;
    }

    static String ofAddress(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress internet && internet.getAddress() != null
                ? ofAddress(internet.getAddress())
                : LOCAL;
    }

    static String ofAddress(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return "address " + address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        StringBuilder text = new StringBuilder("address ");
        for (int i = 0; i < NETWORK_BYTES; i += 2) {
            int group = ((bytes[i] & 0xff) << Byte.SIZE) | (bytes[i + 1] & 0xff);
            text.append(Integer.toHexString(group)).append(':');
        }
        return text.append(":/64").toString();
    }

    /**
     * The client that proxies name: the last address in {@code forwarded} that is not one of a trusted proxy. Addresses
     * before it may be invented by the client. An entry that is no address stops the search at the proxy after it.
     *
     * @param peer the address of the connection
     * @param forwarded the value of {@code X-Forwarded-For}; null for none
     */
    public static InetAddress behind(InetAddress peer, @Nullable String forwarded, AddressRanges proxies) {
        InetAddress client = peer;
        if (forwarded == null) {
            return client;
        }
        int end = forwarded.length();
        while (end >= 0 && proxies.contains(client)) {
            int comma = forwarded.lastIndexOf(',', end - 1);
            InetAddress next = AddressRanges.address(
                    withoutPort(forwarded.substring(comma + 1, end).strip()));
            if (next == null) {
                return client;
            }
            client = next;
            end = comma;
        }
        return client;
    }

    /** Some proxies write a port after the address, and brackets around one of IPv6. */
    private static String withoutPort(String entry) {
        if (entry.startsWith("[")) {
            int bracket = entry.indexOf(']');
            return bracket < 0 ? entry : entry.substring(1, bracket);
        }
        int colon = entry.indexOf(':');
        return colon >= 0 && colon == entry.lastIndexOf(':') ? entry.substring(0, colon) : entry;
    }
}
