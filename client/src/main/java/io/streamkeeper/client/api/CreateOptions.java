package io.streamkeeper.client.api;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is created (sections 4.2 and 5.1). Begin with {@link #of}, {@link #json}, {@link #text}, {@link #bytes}
 * or {@link #forkOf}; each further method returns options with one more setting. To create a stream that already exists
 * with the same options is no error; with other options, it fails with {@link StreamException.Exists}.
 */
public final class CreateOptions {
    /**
     * The origin of a fork.
     *
     * @param source the path of the source
     * @param from where the fork diverges from it
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
     * {@return options for a fork at the tail that the source has when the fork is created} The fork has the type of
     * the source, inherits all its data, and adds its own.
     *
     * @param source the path of the source, without percent-encoding; if it does not exist, the creation of the fork
     *     fails with {@link StreamException.NotFound}
     */
    public static CreateOptions forkOf(String source) {
        return forkOf(source, From.now());
    }

    /**
     * {@return options for a fork that inherits the data before {@code from}}
     *
     * @param source the path of the source, without percent-encoding
     * @param from an offset of the source, its beginning, or the tail that it has when the fork is created; if the
     *     source's retention has dropped the offset, the creation fails with {@link StreamException.OffsetGone}
     */
    public static CreateOptions forkOf(String source, From from) {
        return forkOf(source, from, 0);
    }

    /**
     * {@return options for a fork that inherits the data before {@code from} and some messages or bytes after it}
     *
     * @param source the path of the source, without percent-encoding
     * @param from as for {@link #forkOf(String, From)}
     * @param subOffset messages (JSON) or bytes (other types), 0 or more; if the source has fewer, the creation fails
     *     with {@link StreamException.Invalid}
     * @throws IllegalArgumentException if {@code subOffset} is negative
     */
    public static CreateOptions forkOf(String source, From from, long subOffset) {
        atLeast("subOffset", subOffset, 0);
        return new CreateOptions(
                Content.bytes(new byte[0]), new Fork(source, from, subOffset), Expiry.never(), Retention.none(), false);
    }

    /**
     * {@return these options, for a stream that expires when it has not been read or written for some time} Replaces
     * {@link #expiresAt}.
     *
     * @param ttl the time without use, rounded down to seconds
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public CreateOptions ttl(Duration ttl) {
        atLeast("ttl in seconds", ttl.toSeconds(), 1);
        return with(new Expiry.Ttl(ttl.toSeconds()));
    }

    /**
     * {@return these options, for a stream that expires at a moment} Replaces {@link #ttl}.
     *
     * @param moment when the stream expires, rounded down to milliseconds
     */
    public CreateOptions expiresAt(Instant moment) {
        return with(new Expiry.At(moment.toEpochMilli()));
    }

    private CreateOptions with(Expiry newExpiry) {
        return new CreateOptions(content, fork, newExpiry, retention, closed);
    }

    /**
     * {@return these options, for a stream that drops data older than {@code age}}
     *
     * @param age the age up to which data is kept, rounded down to seconds
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public CreateOptions maxAge(Duration age) {
        atLeast("maxAge in seconds", age.toSeconds(), 1);
        return with(new Retention(age.toSeconds(), retention.maxBytes(), retention.maxMessages()));
    }

    /**
     * {@return these options, for a stream that drops its oldest data beyond a number of bytes}
     *
     * @param bytes the number that is kept at least, as stored: a JSON message takes one byte more than its text; no
     *     message is cut
     * @throws IllegalArgumentException if it is less than one
     */
    public CreateOptions maxBytes(long bytes) {
        atLeast("maxBytes", bytes, 1);
        return with(new Retention(retention.maxAgeSeconds(), bytes, retention.maxMessages()));
    }

    /**
     * {@return these options, for a stream that drops its oldest messages beyond a number}
     *
     * @param messages the number that is kept at least; in a stream that is not JSON, each append counts as one message
     * @throws IllegalArgumentException if it is less than one
     */
    public CreateOptions maxMessages(long messages) {
        atLeast("maxMessages", messages, 1);
        return with(new Retention(retention.maxAgeSeconds(), retention.maxBytes(), messages));
    }

    private CreateOptions with(Retention newRetention) {
        return new CreateOptions(content, fork, expiry, newRetention, closed);
    }

    /** {@return these options, for a stream that is closed to appends from the beginning} */
    public CreateOptions closed() {
        return new CreateOptions(content, fork, expiry, retention, true);
    }

    private static void atLeast(String name, long value, long min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + "; expected " + min + " or more");
        }
    }

    /** {@return the initial content of the stream, and its type; empty for a fork, with a type that is ignored} */
    public Content content() {
        return content;
    }

    /** {@return the origin of the fork; null if the stream is not a fork} */
    public @Nullable Fork fork() {
        return fork;
    }

    /** {@return when the stream expires; with {@code never}, a fork has the expiry of its source} */
    public Expiry expiry() {
        return expiry;
    }

    /**
     * {@return how much the stream keeps; if no limit is set, the configuration's retention for its path applies, and a
     * fork keeps everything}
     */
    public Retention retention() {
        return retention;
    }

    /** {@return whether the stream is closed from the beginning} */
    public boolean isClosed() {
        return closed;
    }
}
