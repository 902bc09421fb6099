package io.streamkeeper.bench.load;

/**
 * The protocol below the requests of a run.
 *
 * @param isTls whether connections use TLS; every certificate is trusted
 * @param isHttp2 whether requests use HTTP/2, chosen by ALPN with TLS and by prior knowledge without, instead of
 *     HTTP/1.1
 * @param streams the number of requests that are pending on one connection
 */
public record Transport(boolean isTls, boolean isHttp2, int streams) {
    /** HTTP/1.1 without TLS. */
    public static final Transport PLAIN = new Transport(false, false, 1);

    /** Checks the number of streams. */
    public Transport {
        if (streams < 1 || (streams > 1 && !isHttp2)) {
            throw new IllegalArgumentException(
                    "streams per connection is " + streams + "; expected at least 1 with HTTP/2, and 1 without");
        }
    }

    /** Describes the protocol for reports. */
    @Override
    public String toString() {
        return (isHttp2 ? "HTTP/2" : "HTTP/1.1")
                + (isTls ? " over TLS" : "")
                + (streams == 1 ? "" : ", " + streams + " streams per connection");
    }
}
