package io.streamkeeper.server.http.decode;

/** A request's method, as far as the server knows it. */
public enum Method {
    GET,
    HEAD,
    PUT,
    POST,
    DELETE,
    OPTIONS,
    /** Any other token. */
    OTHER;

    /** Bytes of a method at the most. */
    static final int LENGTH_MAX = 24;

    /** The method whose name is {@code bytes[start, end)}; letter case counts (RFC 9110 section 9.1). */
    static Method of(byte[] bytes, int start, int end) {
        Method candidate = switch (end - start) {
            case 3 -> bytes[start] == 'G' ? GET : PUT;
            case 4 -> bytes[start] == 'P' ? POST : HEAD;
            case 6 -> DELETE;
            case 7 -> OPTIONS;
            default -> OTHER;
        };
        return Octets.equals(bytes, start, end, candidate.name()) ? candidate : OTHER;
    }
}
