package io.streamkeeper.server;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.CreateResult;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.Message;
import io.streamkeeper.client.api.MetadataOptions;
import io.streamkeeper.client.api.Page;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.client.api.StreamChanges;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.api.StreamPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The calls of {@link DurableStreams} as blocking methods: each returns when the call has completed, and throws a
 * {@link StreamException} if the future would fail with one. Each uses only the calling thread, which may be a virtual
 * thread. Safe for use by any thread, including those of listeners.
 *
 * <p>A thread that is interrupted stops waiting; its request may still take effect.
 */
public final class BlockingStreams {
    private final DurableStreams streams;

    BlockingStreams(DurableStreams streams) {
        this.streams = streams;
    }

    /**
     * Creates a stream; a stream that already exists with the same options is returned unchanged (section 5.1).
     *
     * @param path the stream's, without percent-encoding
     * @param options as for {@link DurableStreams#create(String, CreateOptions)}
     * @return the stream's metadata; the creation is durable
     * @throws StreamException if the future of {@link DurableStreams#create(String, CreateOptions)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits; the write may still take effect
     */
    public CreateResult create(String path, CreateOptions options) throws InterruptedException {
        return await(on -> streams.create(path, options, on));
    }

    /**
     * Appends to a stream: bytes, or for JSON streams a message or an array of messages, all of them or none (section
     * 5.2).
     *
     * @param path the stream's, without percent-encoding
     * @param content of the stream's type, not empty
     * @return the offset after it; it is durable
     * @throws StreamException if the future of {@link DurableStreams#append(String, Content)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits; the write may still take effect
     */
    public AppendResult append(String path, Content content) throws InterruptedException {
        return append(path, content, AppendOptions.none());
    }

    /**
     * Appends to a stream if the conditions hold (section 5.2).
     *
     * @param path the stream's, without percent-encoding
     * @param content of the stream's type; it may be empty if the options close the stream
     * @param options the conditions, each with its own exception
     * @return the offset after it; it is durable
     * @throws StreamException if the future of {@link DurableStreams#append(String, Content, AppendOptions)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits; the write may still take effect
     */
    public AppendResult append(String path, Content content, AppendOptions options) throws InterruptedException {
        return await(on -> streams.append(path, content, options, on));
    }

    /**
     * Closes a stream to appends (section 5.3). To close it again is no error.
     *
     * @param path the stream's, without percent-encoding
     * @return where the stream ends; it is durably closed
     * @throws StreamException if the future of {@link DurableStreams#close(String)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits; the write may still take effect
     */
    public AppendResult close(String path) throws InterruptedException {
        return close(path, AppendOptions.none());
    }

    /**
     * Closes a stream if the conditions hold (section 5.3).
     *
     * @param path the stream's, without percent-encoding
     * @param options the conditions, each with its own exception
     * @return where the stream ends; it is durably closed
     * @throws StreamException if the future of {@link DurableStreams#close(String, AppendOptions)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits; the write may still take effect
     */
    public AppendResult close(String path, AppendOptions options) throws InterruptedException {
        return await(on -> streams.close(path, options, on));
    }

    /**
     * Reads stored data, as {@link DurableStreams#read(String, From)} does.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, such as the previous batch's {@link Batch#nextOffset}
     * @return the batch, empty at the tail
     * @throws StreamException if the future of {@link DurableStreams#read(String, From)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Batch read(String path, From from) throws InterruptedException {
        return read(path, from, streams.config().read().windowBytes());
    }

    /**
     * Reads stored data, about {@code bytesMax} bytes (section 5.6).
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, such as the previous batch's {@link Batch#nextOffset}
     * @param bytesMax 1 or more; the batch may have more bytes, because no message is cut
     * @return the batch, empty at the tail
     * @throws StreamException if the future of {@link DurableStreams#read(String, From, int)} would fail
     * @throws IllegalArgumentException if {@code bytesMax} is not positive
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Batch read(String path, From from, int bytesMax) throws InterruptedException {
        return await(on -> streams.read(path, from, bytesMax, on));
    }

    /**
     * Reads stored data within limits, as {@link DurableStreams#read(String, ReadOptions)} does.
     *
     * @param path the stream's, without percent-encoding
     * @param options where the read begins and ends
     * @return the batch and where it begins
     * @throws StreamException if the future of {@link DurableStreams#read(String, ReadOptions)} would fail
     * @throws IllegalArgumentException if the options describe a page without a limit
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Page read(String path, ReadOptions options) throws InterruptedException {
        return await(on -> streams.read(path, options, on));
    }

    /**
     * Reads all stored messages of a JSON stream, as {@link DurableStreams#readMessages} does.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, such as the previous batch's {@link Batch#nextOffset}
     * @return the messages, each with the offset after it; an empty list at the tail
     * @throws StreamException if the future of {@link DurableStreams#readMessages(String, From)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public List<Message> readMessages(String path, From from) throws InterruptedException {
        List<Message> messages = new ArrayList<>();
        From next = from;
        Batch batch;
        do {
            batch = read(path, next);
            Batch read = batch;
            messages.addAll(await(on -> streams.messages(path, read, on)));
            next = From.offset(batch.nextOffset());
        } while (!batch.upToDate());
        return List.copyOf(messages);
    }

    /**
     * Reads stored data, or waits for the next append (section 5.7).
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin; {@link From#now} waits for the next append
     * @param wait the longest wait, in whole milliseconds; after it, the batch is empty
     * @return the batch, at once if there is data or the stream is closed
     * @throws StreamException if the future of {@link DurableStreams#tail(String, From, Duration)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Batch tail(String path, From from, Duration wait) throws InterruptedException {
        return await(on -> streams.tail(path, from, wait, on));
    }

    /**
     * Returns the metadata of a stream (section 5.5), as {@link DurableStreams#metadata} does.
     *
     * @param path the stream's, without percent-encoding
     * @return the metadata of the durable state
     * @throws StreamException if the future of {@link DurableStreams#metadata(String)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public StreamMetadata metadata(String path) throws InterruptedException {
        return await(on -> streams.metadata(path, on));
    }

    /**
     * Changes the metadata of a stream, as {@link DurableStreams#changeMetadata} does.
     *
     * @param path the stream's, without percent-encoding
     * @param options what changes, at least one property
     * @return the metadata after the change; it is durable
     * @throws StreamException if the future of {@link DurableStreams#changeMetadata} would fail
     * @throws InterruptedException if the thread is interrupted while it waits; the change may still take effect
     */
    public StreamMetadata changeMetadata(String path, MetadataOptions options) throws InterruptedException {
        return await(on -> streams.changeMetadata(path, options, on));
    }

    /**
     * Lists streams in the order of their paths, one page at a time, as {@link DurableStreams#list} does.
     *
     * @param options which streams
     * @return the page
     * @throws StreamException if the future of {@link DurableStreams#list} would fail
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public StreamPage list(ListOptions options) throws InterruptedException {
        return await(on -> streams.list(options, on));
    }

    /**
     * Returns the creations, closures and deletions of streams after a position, or waits until there is one, as {@link
     * DurableStreams#changes} does.
     *
     * @param prefix the text with which the paths of the streams begin; empty for all
     * @param position that of a page or of other changes; null for now
     * @param wait the longest wait, in whole milliseconds; after it, there are no changes
     * @return the changes
     * @throws StreamException if the future of {@link DurableStreams#changes} would fail
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public StreamChanges changes(String prefix, @Nullable String position, Duration wait) throws InterruptedException {
        return await(on -> streams.changes(prefix, position, wait, on));
    }

    /**
     * Deletes a stream and all its data, except for what forks inherit (section 5.4). It is durably deleted when this
     * returns.
     *
     * @param path the stream's, without percent-encoding
     * @throws StreamException if the future of {@link DurableStreams#delete(String)} would fail
     * @throws InterruptedException if the thread is interrupted while it waits; the write may still take effect
     */
    public void delete(String path) throws InterruptedException {
        await(on -> streams.delete(path, on));
    }

    /** The thread that waits for a future also runs the task that completes it, so no other thread is needed. */
    static <T> T await(Function<Executor, CompletableFuture<T>> asking) throws InterruptedException {
        CompletableFuture<Runnable> completion = new CompletableFuture<>();
        CompletableFuture<T> future = asking.apply(completion::complete);
        try {
            completion.get().run();
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(false);
            completion.thenAccept(Runnable::run);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StreamException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
