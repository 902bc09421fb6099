package io.streamkeeper.client.http;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.CreateResult;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.MetadataOptions;
import io.streamkeeper.client.api.Page;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.client.api.StreamChanges;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.api.StreamPage;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a server of the protocol over HTTP as blocking methods: each returns when the response has arrived, and
 * throws a {@link StreamException} if it is a refusal. Safe for use by any thread; a call occupies only its own.
 *
 * <p>A request that fails because the server cannot be reached, is overloaded or restarts is repeated for up to {@link
 * RemoteStreams#retryMax}, but only if that cannot write anything twice: an append is repeated if it has a {@link
 * AppendOptions#producer}, or if nothing of it can have been written. A server that has never answered is not waited
 * for. A thread that is interrupted stops waiting; its request may still take effect.
 */
public final class BlockingRemoteStreams {
    /**
     * Where a read ended.
     *
     * @param nextOffset the offset after the last byte that was read
     * @param closed whether the stream is closed and this is its end
     */
    public record ReadEnd(String nextOffset, boolean closed) {}

    private static final Duration WAIT_MAX = Duration.ofDays(365);

    private final RemoteSettings settings;
    private final RemoteCalls calls;

    BlockingRemoteStreams(RemoteSettings settings) {
        this.settings = settings;
        this.calls = new RemoteCalls(settings);
    }

    /**
     * Creates a stream; a stream that already exists with the same options is returned unchanged (section 5.1).
     *
     * @param path the stream's, without percent-encoding
     * @param options its type and settings
     * @return its metadata; after a repetition, it may be one that this call has created itself
     * @throws StreamException if the server refuses it or is not available
     * @throws InterruptedException if the thread is interrupted; the stream may be created nevertheless
     */
    public CreateResult create(String path, CreateOptions options) throws InterruptedException {
        RemoteStream stream = stream(path);
        Answer answer = calls.answer(() -> WriteRequests.create(stream, options), true);
        return new CreateResult(answer.status() != 201, answer.metadata());
    }

    /**
     * Appends to a stream: bytes, or for JSON streams a message or an array of messages (section 5.2).
     *
     * @param path the stream's, without percent-encoding
     * @param content of the stream's type; it may be empty if the options close the stream
     * @param options the conditions; with a producer, the append takes effect exactly once whatever breaks
     * @return the offset after it; it is durable. After a repetition, the append may count as a duplicate of itself.
     * @throws StreamException if the server refuses it or is not available
     * @throws IllegalArgumentException if an option contains characters that a header cannot have
     * @throws InterruptedException if the thread is interrupted; the append may take effect nevertheless
     */
    public AppendResult append(String path, Content content, AppendOptions options) throws InterruptedException {
        RemoteStream stream = stream(path);
        Producer producer = options.producer();
        boolean isEmpty = content.bytes().length == 0;
        boolean isRepeatable = producer != null || (isEmpty && options.closes());
        Answer answer = calls.answer(() -> WriteRequests.append(stream, content, options), isRepeatable);
        String nextOffset = answer.field("Stream-Next-Offset");
        return new AppendResult(
                nextOffset == null ? "" : nextOffset,
                !isEmpty && (producer == null || answer.status() == 200),
                answer.isTrue("Stream-Closed"),
                producer == null ? null : latest(producer, answer));
    }

    private static Producer latest(Producer producer, Answer answer) {
        long epoch = answer.number("Producer-Epoch");
        long seq = answer.number("Producer-Seq");
        return new Producer(producer.id(), epoch < 0 ? producer.epoch() : epoch, seq < 0 ? producer.seq() : seq);
    }

    /**
     * Closes a stream to appends (section 5.3). To close it again is no error.
     *
     * @param path the stream's, without percent-encoding
     * @return where the stream ends
     * @throws StreamException if the server refuses it or is not available
     * @throws InterruptedException if the thread is interrupted; the stream may be closed nevertheless
     */
    public AppendResult close(String path) throws InterruptedException {
        return append(path, Content.bytes(new byte[0]), AppendOptions.none().closing());
    }

    /**
     * Deletes a stream (section 5.4). If the request is repeated and the stream does not exist then, it counts as
     * deleted by this call.
     *
     * @param path the stream's, without percent-encoding
     * @throws StreamException if the server refuses it or is not available
     * @throws InterruptedException if the thread is interrupted; the stream may be deleted nevertheless
     */
    public void delete(String path) throws InterruptedException {
        RemoteStream stream = stream(path);
        RemoteCalls.Call call = calls.begin();
        try {
            call.run(() -> WriteRequests.delete(stream), true);
        } catch (StreamException.NotFound | StreamException.Deleted e) {
            if (!call.isRepeated()) {
                throw e;
            }
        }
    }

    /**
     * Returns the metadata of a stream (section 5.5).
     *
     * @param path the stream's, without percent-encoding
     * @return as the response to a HEAD describes it
     * @throws StreamException if the stream does not exist, or the server is not available
     * @throws InterruptedException if the thread is interrupted
     */
    public StreamMetadata metadata(String path) throws InterruptedException {
        RemoteStream stream = stream(path);
        try {
            return calls.answer(stream::head, true).metadata();
        } catch (StreamException.NotFound e) {
            // The response to a HEAD has no body that says it.
            throw StreamException.of(
                    Refusal.of(ErrorCode.STREAM_NOT_FOUND, "stream " + Quoted.of(path) + " does not exist"));
        }
    }

    /**
     * Changes the metadata of a stream, as an extension of our server: its content type, when it expires, how much it
     * keeps. What the options do not name stays as it is. A change that the stream has already is no error.
     *
     * @param path the stream's, without percent-encoding
     * @param options what changes, at least one property
     * @return the metadata after the change; it is durable
     * @throws StreamException if the server refuses it or is not available
     * @throws IllegalArgumentException if an option contains characters that a header cannot have
     * @throws InterruptedException if the thread is interrupted; the change may take effect nevertheless
     */
    public StreamMetadata changeMetadata(String path, MetadataOptions options) throws InterruptedException {
        RemoteStream stream = stream(path);
        return calls.answer(() -> WriteRequests.change(stream, options), true).metadata();
    }

    /**
     * Copies the stored data of a stream from an offset to the tail (section 5.6), with memory for a part of it only. If
     * a connection breaks, the copy continues where it ended, because the bytes of a stream do not change.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin
     * @param to receives the bytes as they are in responses: JSON messages as one array for each response
     * @return where the copy ended
     * @throws StreamException if the stream does not exist, or the server is not available
     * @throws IOException if {@code to} throws it
     * @throws InterruptedException if the thread is interrupted
     */
    public ReadEnd read(String path, From from, OutputStream to) throws IOException, InterruptedException {
        RemoteStream stream = stream(path);
        Download download = new Download(stream, calls::newAttempts, to);
        try {
            return download.run(from);
        } catch (RefusedException e) {
            throw StreamException.of(e.refusal());
        }
    }

    /**
     * Reads stored data in a single request (section 5.6). If the batch is not {@link Batch#upToDate}, read again from its
     * end.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, such as the previous batch's {@link Batch#nextOffset}
     * @return the batch, of at most {@link RemoteStreams#answerBytesMax} bytes; empty at the tail
     * @throws StreamException.OffsetGone if retention has dropped the next data, or the offset belongs to an earlier stream
     *     at this path
     * @throws StreamException if the stream does not exist, or the server is not available
     * @throws InterruptedException if the thread is interrupted
     */
    public Batch read(String path, From from) throws InterruptedException {
        RemoteStream stream = stream(path);
        return calls.answer(() -> stream.read(from), true).batch(from, ContentType.OCTET_STREAM);
    }

    /**
     * Reads a part of the stored data in a single request. The server must know parts of streams, which are an extension
     * of the protocol.
     *
     * @param path the stream's, without percent-encoding
     * @param options where the read begins and ends; it may end before that, where the server ends a response
     * @return the data, of at most {@link RemoteStreams#answerBytesMax} bytes, and where it begins
     * @throws StreamException if the stream does not exist, or the server is not available or does not know parts
     * @throws IllegalArgumentException if the options describe a page without a limit
     * @throws InterruptedException if the thread is interrupted
     */
    public Page read(String path, ReadOptions options) throws InterruptedException {
        RemoteStream stream = stream(path);
        return calls.answer(() -> stream.read(options), true).page();
    }

    /**
     * Lists streams in the order of their paths, one page at a time. The server must list its streams, which is an
     * extension of the protocol.
     *
     * @param options which streams
     * @return the page
     * @throws StreamException if the server refuses it, is not available, or does not list its streams
     * @throws InterruptedException if the thread is interrupted
     */
    public StreamPage list(ListOptions options) throws InterruptedException {
        Answer answer = calls.answer(() -> StreamPages.request(settings, options), true);
        try {
            return StreamPages.read(answer.body());
        } catch (IOException e) {
            throw new StreamException.Invalid(
                    BatchAssembler.INVALID_ANSWER,
                    answer.status(),
                    "the server's answer is not a list of its streams: " + e.getMessage());
        }
    }

    /**
     * Returns the creations, closures and deletions of streams after a position, or waits until there is one. The server
     * must report them, which is an extension of the protocol; its history is bounded, and begins when it starts.
     *
     * @param prefix the text with which the paths of the streams begin, without percent-encoding; empty for all
     * @param position {@link StreamPage#position} or {@link StreamChanges#position}; null for now: to begin at a known
     *     time, call this with null and no wait, and go on from the position that it returns
     * @param wait the longest wait, after which there are no changes; at most a year. The answer of the server is awaited
     *     in any case.
     * @return the changes
     * @throws StreamException.OffsetGone if some of them are not known any more: list the streams again
     * @throws StreamException if the server refuses it, is not available, or does not report changes
     * @throws IllegalArgumentException if the wait is negative
     * @throws InterruptedException if the thread is interrupted
     */
    public StreamChanges changes(String prefix, @Nullable String position, Duration wait) throws InterruptedException {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("wait is " + wait + "; expected zero or a positive time");
        }
        Duration bounded = wait.compareTo(WAIT_MAX) < 0 ? wait : WAIT_MAX;
        return new ChangesWait(settings, calls::newAttempts, prefix, position, bounded).run();
    }

    private RemoteStream stream(String path) {
        return new RemoteStream(settings, path);
    }
}
