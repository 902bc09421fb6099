package io.streamkeeper.server.config;

import io.netty.util.NetUtil;
import io.streamkeeper.protocol.Digits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ranges of IP addresses, such as {@code 10.0.0.0/8} or {@code ::1}; no name is resolved. Immutable. */
public final class AddressRanges {
    /** No addresses. */
    public static final AddressRanges NONE = new AddressRanges(List.of());

    private static final class Range {
        final byte[] start;
        final int bits;

        Range(byte[] start, int bits) {
            this.start = start;
            this.bits = bits;
        }

        boolean contains(byte[] address) {
            if (address.length != start.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i & 7);
                if (((address[i >> 3] ^ start[i >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<Range> ranges;

    private AddressRanges(List<Range> ranges) {
        this.ranges = ranges;
    }

    /**
     * {@return the ranges of a list}
     *
     * @param list addresses, each with or without a slash and the length of its prefix, joined by commas
     * @throws IllegalArgumentException if one is not valid; the message quotes it
     */
    public static AddressRanges parse(String list) {
        List<Range> ranges = new ArrayList<>();
        for (String text : list.split(",", -1)) {
            int slash = text.indexOf('/');
            InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
            int bitsMax = address == null ? 0 : address.getAddress().length * Byte.SIZE;
            int bits = slash < 0 ? bitsMax : bits(text.substring(slash + 1));
            if (address == null || bits < 0 || bits > bitsMax) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a range of addresses; expected one such as 10.0.0.0/8 or ::1");
            }
            ranges.add(new Range(address.getAddress(), bits));
        }
        return new AddressRanges(List.copyOf(ranges));
    }

    private static int bits(String text) {
        try {
            return Digits.toInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * {@return the address of a text without a port; null if it is not one. An IPv4 address mapped to IPv6 is the former}
     *
     * @param text any
     */
    public static @Nullable InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null || text.indexOf('%') >= 0) {
            return null;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * {@return whether a range contains the address}
     *
     * @param address any
     */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ranges.stream().anyMatch(range -> range.contains(bytes));
    }

    /** {@return whether there is no range} */
    public boolean isEmpty() {
        return ranges.isEmpty();
    }
}
