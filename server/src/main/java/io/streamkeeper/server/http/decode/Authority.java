package io.streamkeeper.server.http.decode;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The host and the port that a request names (RFC 9110 section 7.2): a name, an IPv4 address, or an IPv6 address in
 * brackets, and optionally a port. A name may contain the characters of DNS names and {@code _}. RFC 3986 allows more,
 * but no host has such a name, and the server writes the accepted text into {@code Location}.
 */
public final class Authority {
    private static final int PORT_MAX = 65_535;
    private static final int PORT_DIGITS_MAX = 5;
    private static final int NAME_LENGTH_MAX = 255;

    private Authority() {}

    /** Whether {@code bytes[start, end)} names a host; false for an empty range. */
    static boolean isValid(byte[] bytes, int start, int end) {
        int hostEnd = start < end && bytes[start] == '[' ? bracketEnd(bytes, start, end) : nameEnd(bytes, start, end);
        return hostEnd > start && isPort(bytes, hostEnd, end);
    }

    /** The index after the closing bracket; {@code start} if there is no IPv6 address between the brackets. */
    private static int bracketEnd(byte[] bytes, int start, int end) {
        int close = start;
        while (close < end && bytes[close] != ']') {
            close++;
        }
        boolean address = close < end && NetUtil.isValidIpV6Address(Octets.text(bytes, start + 1, close));
        boolean zoned = address && Octets.text(bytes, start + 1, close).indexOf('%') >= 0;
        return address && !zoned ? close + 1 : start;
    }

    private static int nameEnd(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end
                && (Octets.isAlphanumeric(bytes[at]) || bytes[at] == '-' || bytes[at] == '.' || bytes[at] == '_')) {
            at++;
        }
        return at - start > NAME_LENGTH_MAX ? start : at;
    }

    /** Whether the range is empty, or a colon and a port; the port may be empty. */
    private static boolean isPort(byte[] bytes, int start, int end) {
        if (start == end) {
            return true;
        }
        if (bytes[start] != ':' || end - start - 1 > PORT_DIGITS_MAX) {
            return false;
        }
        int port = 0;
        for (int i = start + 1; i < end; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return false;
            }
            port = 10 * port + bytes[i] - '0';
        }
        return port <= PORT_MAX;
    }

    /** The authority of the local address of a connection, for a request that names none. */
    public static String of(SocketAddress local) {
        if (!(local instanceof InetSocketAddress address)) {
            return "localhost";
        }
        return NetUtil.toSocketAddressString(address);
    }
}
