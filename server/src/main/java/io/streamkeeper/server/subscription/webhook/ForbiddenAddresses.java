package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.server.config.AddressRanges;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that are not on the public internet, as IANA registers them for special purposes, and those that
 * contain another address: a gateway may translate such a one to an address that is not public.
 */
final class ForbiddenAddresses {
    private record Kind(String name, AddressRanges ranges) {
        Kind(String name, String ranges) {
            this(name, AddressRanges.parse(ranges));
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "a metadata address of a cloud",
                    "169.254.169.254,168.63.129.16,192.0.0.192,100.100.100.200,fd00:ec2::254"),
            new Kind("an unspecified address", "0.0.0.0/8,::"),
            new Kind("a loopback address", "127.0.0.0/8,::1"),
            new Kind("a private address", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"),
            new Kind("a shared address", "100.64.0.0/10"),
            new Kind("a link-local address", "169.254.0.0/16,fe80::/10"),
            new Kind("a unique local address", "fc00::/7"),
            new Kind("a site-local address", "fec0::/10"),
            new Kind("a multicast address", "224.0.0.0/4,ff00::/8"),
            new Kind("a broadcast address", "255.255.255.255"),
            new Kind("an address for protocols", "192.0.0.0/24,2001::/23"),
            new Kind(
                    "an address for documentation",
                    "192.0.2.0/24,198.51.100.0/24,203.0.113.0/24,2001:db8::/32,3fff::/20"),
            new Kind("an address for benchmarks", "198.18.0.0/15"),
            new Kind("a reserved address", "240.0.0.0/4"),
            new Kind("an address of a 6to4 relay", "192.88.99.0/24"),
            new Kind("a 6to4 address", "2002::/16"),
            new Kind("a NAT64 address", "64:ff9b::/96,64:ff9b:1::/48"),
            new Kind("an IPv4-compatible address", "::/96"));

    /** Of IPv6, all that is assigned for public use. */
    private static final AddressRanges PUBLIC = AddressRanges.parse("0.0.0.0/0,2000::/3");

    private static final AddressRanges NAT64 = AddressRanges.parse("64:ff9b::/96");

    private static final int NAT64_PREFIX = 12;
    private static final int IPV6_BYTES = 16;

    private ForbiddenAddresses() {}

    /** What kind of address it is, such as "a private address"; null if it is public. */
    static @Nullable String kindOf(InetAddress address) {
        for (Kind kind : KINDS) {
            if (kind.ranges().contains(address)) {
                return kind.name();
            }
        }
        return PUBLIC.contains(address) ? null : "an address that is not public";
    }

    /** The address in 4 or 16 bytes. */
    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /**
     * The addresses without those which a name server of a network with NAT64 has added for the others: the same
     * receiver, by a translation.
     */
    static List<InetAddress> withoutTranslations(List<InetAddress> addresses) {
        return addresses.stream()
                .filter(each -> !NAT64.contains(each)
                        || !addresses.contains(
                                address(Arrays.copyOfRange(each.getAddress(), NAT64_PREFIX, IPV6_BYTES))))
                .toList();
    }
}
