package io.streamkeeper.bench.load;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The address of a server of the protocol, the path of its streams, and how to connect.
 *
 * @param root the path of all streams, which begins and ends with a slash
 */
public record Target(InetSocketAddress address, String root, Transport transport) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    public Target {
        if (!root.startsWith("/") || !root.endsWith("/")) {
            throw new IllegalArgumentException("path is '" + root + "'; expected one that begins and ends with /");
        }
    }

    /** A target without TLS that gets requests of HTTP/1.1. */
    public Target(InetSocketAddress address, String root) {
        this(address, root, Transport.PLAIN);
    }

    /**
     * Reads a URL such as {@code http://127.0.0.1:4437/v1/stream/}.
     *
     * @throws IllegalArgumentException if it is not a URL of that form
     */
    public static Target of(String url) {
        URI uri = URI.create(url);
        boolean isTls = "https".equals(uri.getScheme());
        if ((!isTls && !"http".equals(uri.getScheme())) || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + url + "' is not a server's URL; expected one such as http://127.0.0.1:4437/v1/stream/");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : isTls ? HTTPS_PORT : HTTP_PORT;
        String path = uri.getPath();
        return new Target(
                new InetSocketAddress(uri.getHost(), port),
                path.endsWith("/") ? path : path + "/",
                new Transport(isTls, false, 1));
    }

    /** The same server, with HTTP/2. */
    public Target overHttp2(int streams) {
        return new Target(address, root, new Transport(transport.isTls(), true, streams));
    }

    /**
     * The address, for requests of HTTP/1.1, with or without TLS.
     *
     * @throws IllegalArgumentException if the target needs HTTP/2
     */
    public InetSocketAddress http1Address() {
        if (transport.isHttp2()) {
            throw new IllegalArgumentException("this workload does not support " + transport
                    + "; expected HTTP/1.1, or a workload of requests such as append or read-hot");
        }
        return address;
    }
}
