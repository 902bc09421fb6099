package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.outbound.Destination;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a webhook, which the server may send to as far as its text shows (section 12.8). Immutable.
 *
 * @param text the URL in its normal form: scheme and host in lower case, no port where it is the default
 * @param isTls whether it is https
 * @param isLocal whether it names this machine: all its addresses must be those of the loopback interface
 * @param host a name, or an address without brackets
 * @param literal the address, if the host is one; else the name is resolved for each connection
 * @param port the port, also if it is the default
 * @param target path and query, as they are sent
 */
public record WebhookUrl(
        String text,
        boolean isTls,
        boolean isLocal,
        String host,
        @Nullable InetAddress literal,
        int port,
        String target) {
    static final int HTTPS_PORT = 443;
    static final int HTTP_PORT = 80;

    /**
     * Reads a URL. No name is resolved: that shows the addresses of one moment only, and they are checked for each
     * connection.
     *
     * @throws RefusedException if the server does not send to it, with {@link
     *     io.streamkeeper.protocol.ErrorCode#WEBHOOK_URL_REJECTED}
     */
    public static WebhookUrl parse(String url, WebhookRules rules) {
        return new WebhookUrlParser(url, rules).parse();
    }

    /** Where a connection for it leads to. */
    Destination destination() {
        return new Destination(isTls, host, port);
    }

    /** Host and port as the header {@code Host} has them. */
    String authority() {
        return authority(host, port, isTls);
    }

    static String authority(String host, int port, boolean isTls) {
        String written = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port == (isTls ? HTTPS_PORT : HTTP_PORT) ? written : written + ":" + port;
    }
}
