package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is created (sections 4.2 and 5.1): begin with {@link #of}, {@link #json}, {@link #text}, {@link #bytes}
 * or {@link #forkOf}; each further method returns options with one more thing set. Creating a stream that exists with
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

    /**
     * {@return options for a stream that begins with {@code content} and has its type}
     *
     * @param content may be empty
     */
    public static CreateOptions of(Content content) {
        return new CreateOptions(content, null, Expiry.never(), Retention.none(), false);
    }

    /** {@return options for an empty stream of JSON messages} */
    public static CreateOptions json() {
        return of(Content.json(""));
    }

    /** {@return options for an empty stream of {@code text/plain}} */
    public static CreateOptions text() {
        return of(Content.text(""));
    }

    /** {@return options for an empty stream of {@code application/octet-stream}} */
    public static CreateOptions bytes() {
        return of(Content.bytes(new byte[0]));
    }

    /**
     * {@return options for a fork of a stream as it is when the fork is created} It has the same type, the same data so
     * far, and its own from there on.
     *
     * @param source the path of the stream, without percent-encoding; if it does not exist, the result is {@link
     *     StreamException.NotFound} when the fork is created
     */
    public static CreateOptions forkOf(String source) {
        return forkOf(source, From.now());
    }

    /**
     * {@return options for a fork that inherits what is before {@code from}}
     *
     * @param source the path of the stream to fork, without percent-encoding
     * @param from an offset of the source, or its beginning, or its tail as it is when the fork is created; if the
     *     source's retention has dropped it, the result is {@link StreamException.OffsetGone}
     */
    public static CreateOptions forkOf(String source, From from) {
        return forkOf(source, from, 0);
    }

    /**
     * {@return options for a fork that inherits what is before {@code from} and some messages or bytes after it}
     *
     * @param source the path of the stream to fork, without percent-encoding
     * @param from as for {@link #forkOf(String, From)}
     * @param subOffset messages (JSON) or bytes (other types), from 0 on; more than the source has is {@link
     *     StreamException.Invalid} when the fork is created
     * @throws IllegalArgumentException if {@code subOffset} is negative
     */
    public static CreateOptions forkOf(String source, From from, long subOffset) {
        atLeast("subOffset", subOffset, 0);
        return new CreateOptions(
                Content.bytes(new byte[0]), new Fork(source, from, subOffset), Expiry.never(), Retention.none(), false);
    }

    /**
     * {@return the same for a stream that expires when it has not been read or written for some time} It replaces
     * {@link #expiresAt}.
     *
     * @param ttl how long; rounded down to seconds
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public CreateOptions ttl(Duration ttl) {
        atLeast("ttl in seconds", ttl.toSeconds(), 1);
        return with(new Expiry.Ttl(ttl.toSeconds()));
    }

    /**
     * {@return the same for a stream that expires at a moment} It replaces {@link #ttl}.
     *
     * @param moment when; rounded down to milliseconds
     */
    public CreateOptions expiresAt(Instant moment) {
        return with(new Expiry.At(moment.toEpochMilli()));
    }

    private CreateOptions with(Expiry newExpiry) {
        return new CreateOptions(content, fork, newExpiry, retention, closed);
    }

    /**
     * {@return the same for a stream that drops older data}
     *
     * @param age how old data may become; rounded down to seconds
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public CreateOptions maxAge(Duration age) {
        atLeast("maxAge in seconds", age.toSeconds(), 1);
        return with(new Retention(age.toSeconds(), retention.maxBytes(), retention.maxMessages()));
    }

    /**
     * {@return the same for a stream that drops bytes before the last so many}
     *
     * @param bytes how many are kept at least, as stored: a JSON message takes one more than it has; none is cut
     * @throws IllegalArgumentException if it is less than one
     */
    public CreateOptions maxBytes(long bytes) {
        atLeast("maxBytes", bytes, 1);
        return with(new Retention(retention.maxAgeSeconds(), bytes, retention.maxMessages()));
    }

    /**
     * {@return the same for a stream that drops messages before the last so many}
     *
     * @param messages how many are kept at least; of a stream that is not JSON, each append is one
     * @throws IllegalArgumentException if it is less than one
     */
    public CreateOptions maxMessages(long messages) {
        atLeast("maxMessages", messages, 1);
        return with(new Retention(retention.maxAgeSeconds(), retention.maxBytes(), messages));
    }

    private CreateOptions with(Retention newRetention) {
        return new CreateOptions(content, fork, expiry, newRetention, closed);
    }

    /** {@return the same for a stream that is closed to appends from the beginning} */
    public CreateOptions closed() {
        return new CreateOptions(content, fork, expiry, retention, true);
    }

    private static void atLeast(String name, long value, long min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + "; expected " + min + " or more");
        }
    }

    /** {@return the initial content of the stream, and its type; for a fork it is empty, and its type is not used} */
    public Content content() {
        return content;
    }

    /** {@return where it is forked from; null for a stream that is no fork} */
    public @Nullable Fork fork() {
        return fork;
    }

    /** {@return when the stream expires; a fork for which it is never has its source's expiry} */
    public Expiry expiry() {
        return expiry;
    }

    /**
     * {@return how much the stream keeps; if none is set, what the configuration has for its path, for a fork
     * everything}
     */
    public Retention retention() {
        return retention;
    }

    /** {@return whether it is closed from the beginning} */
    public boolean isClosed() {
        return closed;
    }
}
