package io.streamkeeper.server.subscription.webhook;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the server connects to a host with the addresses that its name has now. One address that is forbidden
 * forbids the name, whatever the order: a receiver on the public internet has none, and which one is connected to must
 * not depend on luck.
 */
final class AddressCheck {
    private AddressCheck() {}

    /** Why not, without an address, which may be one of a network that the client does not know; null if it may connect. */
    static @Nullable String problem(WebhookUrl url, List<InetAddress> addresses) {
        for (InetAddress address : ForbiddenAddresses.withoutTranslations(addresses)) {
            if (url.isLocal() && !address.isLoopbackAddress()) {
                return url.host() + " has an address that is not this machine";
            }
            String kind = url.isLocal() ? null : ForbiddenAddresses.kindOf(address);
            if (kind != null) {
                return url.host() + " has " + kind + "; the server sends only to public addresses";
            }
        }
        return null;
    }

    /** The first addresses, without translations of others. */
    static List<InetAddress> usable(List<InetAddress> addresses, int max) {
        List<InetAddress> usable = ForbiddenAddresses.withoutTranslations(addresses);
        return usable.subList(0, Math.min(max, usable.size()));
    }
}
