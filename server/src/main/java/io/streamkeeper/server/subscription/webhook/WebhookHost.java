package io.streamkeeper.server.subscription.webhook;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host of a URL, as far as its text shows where it is. Immutable.
 *
 * @param name in lower case; an IPv6 address has no brackets
 * @param literal the address, if the host is one
 * @param isLocal whether it is this machine
 */
record WebhookHost(String name, @Nullable InetAddress literal, boolean isLocal) {
    private static final int NAME_LENGTH_MAX = 253;
    private static final String LOCALHOST = "localhost";

    /** The last label begins with a letter (RFC 1123, section 2.1). */
    private static final Pattern NAME =
            Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Resolvers of the C library take a host for an address if its last label is a number in one of these forms. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]*:[0-9a-f:.]*]");

    /** Names that are reserved for this machine and its network. */
    private static final List<String> PRIVATE_DOMAINS =
            List.of(".localhost", ".local", ".localdomain", ".internal", ".home.arpa");

    /**
     * Reads a host.
     *
     * @param text in lower case
     * @throws IllegalArgumentException if it is none, or is not on the public internet and not this machine; the message
     *     has no subject
     */
    static WebhookHost of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("has no host; expected a name after the scheme");
        }
        if (text.startsWith("[")) {
            return literal(IPV6.matcher(text).matches() ? text.substring(1, text.length() - 1) : "");
        }
        if (NUMBER.matcher(text.substring(text.lastIndexOf('.') + 1)).matches()) {
            return literal(IPV4.matcher(text).matches() ? text : "");
        }
        return name(text);
    }

    private static WebhookHost literal(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            throw new IllegalArgumentException("has a host that is no address in its usual form;"
                    + " expected a name, or an address such as 192.0.2.1 or [2001:db8::1]");
        }
        InetAddress address = ForbiddenAddresses.address(bytes);
        boolean isMapped = address instanceof Inet4Address && bytes.length != Integer.BYTES;
        boolean isLocal = address.isLoopbackAddress() && !isMapped;
        String kind = isMapped ? "an IPv4-mapped address" : ForbiddenAddresses.kindOf(address);
        if (kind != null && !isLocal) {
            throw new IllegalArgumentException("has a host that is " + kind + "; expected a public one");
        }
        return new WebhookHost(text, address, isLocal);
    }

    private static WebhookHost name(String text) {
        if (text.length() > NAME_LENGTH_MAX || !NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("has a host that is no name; expected labels of letters, digits and"
                    + " hyphens with a dot between them, and none at the end");
        }
        boolean isLocal = text.equals(LOCALHOST);
        boolean isPrivate = text.indexOf('.') < 0 || PRIVATE_DOMAINS.stream().anyMatch(text::endsWith);
        if (isPrivate && !isLocal) {
            throw new IllegalArgumentException(
                    "has a host that only a local network knows; expected a name on the public internet");
        }
        return new WebhookHost(text, null, isLocal);
    }
}
