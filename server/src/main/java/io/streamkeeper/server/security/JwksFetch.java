package io.streamkeeper.server.security;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;

/** Fetches a JWK set; blocks for a bounded time. Does not follow redirects, which could lead to another authority. */
final class JwksFetch {
    private static final int TIMEOUT_MILLIS = 3_000;
    private static final long TOTAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int BYTES_MAX = 1 << 20;
    private static final int BUFFER_BYTES = 8 << 10;

    /**
     * A JWK set.
     *
     * @param text the answer, to notice changes
     * @param keys its keys
     */
    record Fetched(String text, JwtKeys keys) {}

    private final URI uri;

    /**
     * A fetch from {@code url}.
     *
     * @throws IllegalArgumentException if it is not a URL, or if others could change the answer on its way
     */
    JwksFetch(String url) {
        try {
            this.uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("jwt-jwks is \"" + url + "\"; expected a URL", e);
        }
        if (uri.getHost() == null || (uri.getScheme().equals("http") && !isLoopback(uri.getHost()))) {
            throw new IllegalArgumentException("jwt-jwks is \"" + url
                    + "\"; expected https, or http on the loopback interface, because whoever changes the answer may"
                    + " forge tokens");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Returns the keys; throws an IllegalArgumentException if the answer is not a JWK set with usable keys. */
    Fetched fetch() throws IOException {
        URLConnection opened = uri.toURL().openConnection();
        opened.setConnectTimeout(TIMEOUT_MILLIS);
        opened.setReadTimeout(TIMEOUT_MILLIS);
        opened.setUseCaches(false);
        if (opened instanceof HttpURLConnection http) {
            http.setInstanceFollowRedirects(false);
            if (http.getResponseCode() != HttpURLConnection.HTTP_OK) {
                http.disconnect();
                throw new IOException("the answer has the status " + http.getResponseCode() + "; expected 200");
            }
        }
        try (InputStream in = opened.getInputStream()) {
            String text = SecretFile.text(read(in));
            return new Fetched(text, JwtKeys.ofSet(text, false));
        }
    }

    private static byte[] read(InputStream in) throws IOException {
        long start = System.nanoTime();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        int count = in.read(buffer);
        while (count >= 0) {
            all.write(buffer, 0, count);
            if (all.size() > BYTES_MAX || System.nanoTime() - start > TOTAL_NANOS) {
                throw new IOException("the answer is too long or too slow; expected at most " + BYTES_MAX + " bytes in "
                        + TimeUnit.NANOSECONDS.toSeconds(TOTAL_NANOS) + " seconds");
            }
            count = in.read(buffer);
        }
        return all.toByteArray();
    }
}
