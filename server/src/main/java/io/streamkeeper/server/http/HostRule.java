package io.streamkeeper.server.http;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names by which clients of a listener may address it. A web page whose own name resolves to the address of the
 * listener (DNS rebinding) sends that name in {@code Host}. It is then neither an address, nor a name without a dot,
 * which is no domain of the Internet, nor a name of the loopback interface, nor one that the configuration contains.
 * Immutable.
 */
public final class HostRule {
    /** The rule of a mount: the server that contains it decides which names it has. */
    public static final HostRule ANY = new HostRule(false, true, Set.of());

    private final boolean refusesOthers;
    private final boolean knowsAll;
    private final Set<String> names;

    private HostRule(boolean refusesOthers, boolean knowsAll, Set<String> names) {
        this.refusesOthers = refusesOthers;
        this.knowsAll = knowsAll;
        this.names = names;
    }

    /**
     * The rule of a listening socket.
     *
     * @param isLoopback whether it listens on the loopback interface, where requests for other names are refused
     * @param names the names of the server
     */
    public static HostRule of(boolean isLoopback, Collection<String> names) {
        Set<String> own = new HashSet<>();
        names.forEach(name -> own.add(name.toLowerCase(Locale.ROOT)));
        return new HostRule(isLoopback, false, own);
    }

    /** Whether a request for {@code authority} is answered; null for a request that names no host. */
    boolean allows(@Nullable String authority) {
        return !refusesOthers || authority == null || isOwn(authority);
    }

    /** Whether {@code authority} names this listener and cannot be the name of another site. */
    boolean isOwn(String authority) {
        if (knowsAll) {
            return true;
        }
        String host = host(authority);
        return host.startsWith("[")
                || NetUtil.isValidIpV4Address(host)
                || host.indexOf('.') < 0
                || host.endsWith(".localhost")
                || names.contains(host);
    }

    /** The host of an authority that the decoder has checked: lower case, without the port and a final dot. */
    private static String host(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        String host = (end < 0 ? authority : authority.substring(0, end)).toLowerCase(Locale.ROOT);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
