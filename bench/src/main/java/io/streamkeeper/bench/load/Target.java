package io.streamkeeper.bench.load;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The address of a server of the protocol, and the path of its streams.
 *
 * @param root the path of all streams, which begins and ends with a slash
 */
public record Target(InetSocketAddress address, String root) {
    private static final int HTTP_PORT = 80;

    public Target {
        if (!root.startsWith("/") || !root.endsWith("/")) {
            throw new IllegalArgumentException("path is '" + root + "'; expected one that begins and ends with /");
        }
    }

    /**
     * Reads a URL such as {@code http://127.0.0.1:4437/v1/stream/}.
     *
     * @throws IllegalArgumentException if it is not a URL of that form
     */
    public static Target of(String url) {
        URI uri = URI.create(url);
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + url + "' is not a server's URL; expected one such as http://127.0.0.1:4437/v1/stream/");
        }
        int port = uri.getPort() < 0 ? HTTP_PORT : uri.getPort();
        String path = uri.getPath();
        return new Target(new InetSocketAddress(uri.getHost(), port), path.endsWith("/") ? path : path + "/");
    }
}
