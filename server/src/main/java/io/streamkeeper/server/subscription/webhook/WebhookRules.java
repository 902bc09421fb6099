package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.server.config.PortRanges;

/**
 * Where the server sends webhooks (section 12.8). Immutable.
 *
 * @param allowLocal whether also to this machine, and there also over http
 * @param ports the ports to which it sends them
 */
public record WebhookRules(boolean allowLocal, PortRanges ports) {
    /**
     * The default ports: those of http and https, and those that any program may use. The others are of mail, name
     * servers, remote shells and the like, which take parts of a request for commands.
     */
    public static final String DEFAULT_PORTS = "80,443,1024-65535";
}
