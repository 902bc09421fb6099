package io.streamkeeper.server.forward;

import io.streamkeeper.server.outbound.Destination;
import java.net.URI;

/**
 * Where the leader accepts requests: the parts of the URL that it advertises.
 *
 * @param destination where connections lead to
 * @param origin the URL without a path
 */
record LeaderAddress(Destination destination, String origin) {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    /**
     * Reads an advertised URL, whose form the leader has checked at its start.
     *
     * @throws IllegalArgumentException if it has another form
     */
    static LeaderAddress of(String url) {
        URI parsed = URI.create(url);
        boolean isTls = "https".equals(parsed.getScheme());
        String host = parsed.getHost();
        if (host == null) {
            throw new IllegalArgumentException("the leader advertises \"" + url + "\", which has no host");
        }
        int standard = isTls ? HTTPS_PORT : HTTP_PORT;
        int port = parsed.getPort() < 0 ? standard : parsed.getPort();
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new LeaderAddress(new Destination(isTls, name, port), url);
    }
}
