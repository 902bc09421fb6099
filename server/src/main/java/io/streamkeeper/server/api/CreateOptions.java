package io.streamkeeper.server.api;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is created (sections 4.2 and 5.1): begin with {@link #of}, {@link #json}, {@link #text}, {@link #bytes} or
 * {@link #forkOf}; each further method gives options that have one more thing set. Creating a stream that is there with
 * the same options is no error, with others it is {@link StreamException.Exists}.
 */
public final class CreateOptions {
    /**
     * Where a fork comes from.
     *
     * @param source the path of the source
     * @param from where it diverges
     * @param subOffset messages (JSON) or bytes (other types) to inherit past {@code from}
     */
    public record Fork(String source, From from, long subOffset) {}

    private final Content content;
    private final @Nullable Fork fork;
    private final Expiry expiry;
    private final Retention retention;
    private final boolean closed;

    private CreateOptions(Content content, @Nullable Fork fork, Expiry expiry, Retention retention, boolean closed) {
        this.content = content;
        this.fork = fork;
        this.expiry = expiry;
        this.retention = retention;
        this.closed = closed;
    }

    /** A stream that begins with {@code content} and has its type; the content may be empty. */
    public static CreateOptions of(Content content) {
        return new CreateOptions(content, null, Expiry.never(), Retention.none(), false);
    }

    /** An empty stream of JSON messages. */
    public static CreateOptions json() {
        return of(Content.json(""));
    }

    /** An empty stream of {@code text/plain}. */
    public static CreateOptions text() {
        return of(Content.text(""));
    }

    /** An empty stream of {@code application/octet-stream}. */
    public static CreateOptions bytes() {
        return of(Content.bytes(new byte[0]));
    }

    /** A fork of the stream at {@code source} as it is now: same type, same data so far, and its own from there on. */
    public static CreateOptions forkOf(String source) {
        return forkOf(source, From.now());
    }

    /** A fork that inherits what is before {@code from}. */
    public static CreateOptions forkOf(String source, From from) {
        return forkOf(source, from, 0);
    }

    /**
     * A fork that inherits what is before {@code from} and a number of messages (JSON) or bytes (other types) behind it.
     *
     * @throws IllegalArgumentException if {@code subOffset} is negative
     */
    public static CreateOptions forkOf(String source, From from, long subOffset) {
        atLeast("subOffset", subOffset, 0);
        return new CreateOptions(
                Content.bytes(new byte[0]), new Fork(source, from, subOffset), Expiry.never(), Retention.none(), false);
    }

    /**
     * The stream goes when it was neither read nor written for {@code ttl}, which is rounded down to seconds.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public CreateOptions ttl(Duration ttl) {
        atLeast("ttl in seconds", ttl.toSeconds(), 0);
        return with(new Expiry.Ttl(ttl.toSeconds()));
    }

    /** The stream goes at a moment, which is rounded down to milliseconds. */
    public CreateOptions expiresAt(Instant moment) {
        return with(new Expiry.At(moment.toEpochMilli()));
    }

    private CreateOptions with(Expiry newExpiry) {
        return new CreateOptions(content, fork, newExpiry, retention, closed);
    }

    /**
     * Data older than {@code age}, which is rounded down to seconds, goes.
     *
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public CreateOptions maxAge(Duration age) {
        atLeast("maxAge in seconds", age.toSeconds(), 1);
        return with(new Retention(age.toSeconds(), retention.maxBytes(), retention.maxMessages()));
    }

    /**
     * Bytes before the last so many go.
     *
     * @throws IllegalArgumentException if it is less than one
     */
    public CreateOptions maxBytes(long bytes) {
        atLeast("maxBytes", bytes, 1);
        return with(new Retention(retention.maxAgeSeconds(), bytes, retention.maxMessages()));
    }

    /**
     * Messages before the last so many go; for JSON streams only.
     *
     * @throws IllegalArgumentException if it is less than one
     */
    public CreateOptions maxMessages(long messages) {
        atLeast("maxMessages", messages, 1);
        return with(new Retention(retention.maxAgeSeconds(), retention.maxBytes(), messages));
    }

    private CreateOptions with(Retention newRetention) {
        return new CreateOptions(content, fork, expiry, newRetention, closed);
    }

    /** The stream takes nothing more than what it begins with. */
    public CreateOptions closed() {
        return new CreateOptions(content, fork, expiry, retention, true);
    }

    private static void atLeast(String name, long value, long min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + "; expected " + min + " or more");
        }
    }

    /** What the stream begins with; a fork's own content, and its type, are empty. */
    public Content content() {
        return content;
    }

    /** Where it is forked from, or null. */
    public @Nullable Fork fork() {
        return fork;
    }

    /** When it goes by itself; a fork for which nothing is said has its source's. */
    public Expiry expiry() {
        return expiry;
    }

    /** How much it keeps; where nothing is said, what the configuration has for its path. */
    public Retention retention() {
        return retention;
    }

    /** Whether it is closed from the beginning. */
    public boolean isClosed() {
        return closed;
    }
}
