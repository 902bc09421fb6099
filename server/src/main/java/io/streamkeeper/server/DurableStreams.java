package io.streamkeeper.server;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.api.AppendOptions;
import io.streamkeeper.server.api.AppendResult;
import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.Content;
import io.streamkeeper.server.api.CreateOptions;
import io.streamkeeper.server.api.CreateResult;
import io.streamkeeper.server.api.From;
import io.streamkeeper.server.api.Message;
import io.streamkeeper.server.api.StreamException;
import io.streamkeeper.server.api.StreamMetadata;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.listen.CallbackThreads;
import io.streamkeeper.server.listen.FeedSource;
import io.streamkeeper.server.listen.Listening;
import io.streamkeeper.server.listen.StreamListener;
import io.streamkeeper.server.listen.StreamSource;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.live.LongPoll;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.shard.Callback;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable streams in this process: created, appended to, read, followed, closed and deleted without a socket, with the
 * guarantees that the same has over HTTP. What a write's future tells is durable as the configuration says (I1), readers
 * see nothing else (I2).
 *
 * <p>A path is one or more segments joined by slashes, such as {@code chat/42}, not percent-encoded. What the protocol
 * refuses makes a future fail with a {@link io.streamkeeper.server.api.StreamException}, as the cause of the
 * {@link java.util.concurrent.CompletionException} that {@code join} throws; {@link #blocking} has the same calls for
 * threads that may wait. An error in an argument itself, such as a negative time, is an {@link IllegalArgumentException} at
 * once.
 *
 * <p>Any call may fail with {@link io.streamkeeper.server.api.StreamException.Invalid} for a path or an offset that is not
 * valid, and with {@link io.streamkeeper.server.api.StreamException.Unavailable}. Any but a create fails with {@link
 * io.streamkeeper.server.api.StreamException.NotFound} where there is no such stream, and with {@link
 * io.streamkeeper.server.api.StreamException.Deleted} where it is deleted, but forks still need its data. What else a call
 * may fail with is told there.
 *
 * <p>Safe for use by any thread. Futures are completed, and listeners told, on the executor that {@link #open(ServerConfig,
 * Executor)} is given, on up to 64 threads of our own by default, so what depends on them may take its time.
 */
public final class DurableStreams implements StreamSource, AutoCloseable {
    /** Longer than this nobody waits in one call. */
    private static final Duration WAIT_MAX = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(DurableStreams.class);

    private final ServerConfig config;
    private final Executor executor;
    private final Engine engine;
    private final Commands commands;
    private final FeedSource feeds;
    private final Set<Call<?>> calls = ConcurrentHashMap.newKeySet();
    private final Set<Call<?>> waiting = ConcurrentHashMap.newKeySet();
    private final Set<Serving> servers = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private DurableStreams(ServerConfig asked, Executor executor) throws IOException {
        this.executor = executor;
        this.engine = Engine.open(asked);
        this.config = engine.config();
        this.commands = new Commands(config, engine.memory());
        this.feeds = new FeedSource(path -> () -> new LocalFeed(this, path), executor);
    }

    /**
     * Opens the streams that the configuration names; what it says of HTTP counts for servers on them only.
     *
     * @param config where streams are kept, and when a write is acknowledged
     * @return the streams, read back and open until they are closed
     * @throws IOException if the data directory cannot be used, or is in use by another process; nothing is left running
     */
    public static DurableStreams open(ServerConfig config) throws IOException {
        return open(config, CallbackThreads.shared());
    }

    /**
     * Opens the streams that the configuration names.
     *
     * @param config as for {@link #open(ServerConfig)}
     * @param executor completes futures and tells listeners; what it refuses is run on threads of our own; it is not shut down
     * @return the streams, read back and open until they are closed
     * @throws IOException if the data directory cannot be used, or is in use by another process; nothing is left running
     */
    public static DurableStreams open(ServerConfig config, Executor executor) throws IOException {
        return new DurableStreams(config, executor);
    }

    /**
     * Opens the streams of a data directory, which is made if it is not there; a write is acknowledged when it is synced.
     *
     * @param directory used by one process at a time
     * @return the streams, read back and open until they are closed
     * @throws IOException if the directory cannot be used, or is in use by another process; nothing is left running
     */
    public static DurableStreams open(Path directory) throws IOException {
        return open(
                ServerConfig.builder().data(data -> data.directory(directory)).build());
    }

    /**
     * {@return streams in memory, gone when they are closed: for tests}
     *
     * @throws IOException if no event loop can be had
     */
    public static DurableStreams inMemory() throws IOException {
        return open(ServerConfig.builder()
                .data(data -> data.durability(Durability.MEMORY))
                .build());
    }

    /** {@return the same calls for threads that may wait, virtual ones among them} */
    public BlockingStreams blocking() {
        return new BlockingStreams(this);
    }

    // ---- what can be asked of a stream ----

    /**
     * Creates a stream, or finds that it is there with the same options (section 5.1).
     *
     * @param path the stream's, without percent-encoding
     * @param options what the stream is; content that should be JSON and is not, or has more bytes than the configuration's
     *     {@code bodyBytesMax}, is {@link io.streamkeeper.server.api.StreamException.Invalid}
     * @return how the stream is, once that is durable; fails with {@link
     *     io.streamkeeper.server.api.StreamException.Exists} if the path is taken by a stream with other options, or by a
     *     deleted one that forks still need; a fork fails with {@link io.streamkeeper.server.api.StreamException.NotFound},
     *     {@link io.streamkeeper.server.api.StreamException.Deleted} or {@link
     *     io.streamkeeper.server.api.StreamException.OffsetGone} for its source too
     */
    public CompletableFuture<CreateResult> create(String path, CreateOptions options) {
        return create(path, options, executor);
    }

    CompletableFuture<CreateResult> create(String path, CreateOptions options, Executor on) {
        return ask(on, Results::created, call -> execute(commands.create(path, options), 0, call));
    }

    /**
     * Appends to a stream: bytes, or for JSON streams a message or an array of messages, all of them or none (section 5.2).
     *
     * @param path the stream's, without percent-encoding
     * @param content of the stream's type, not empty, not changed before the future is completed; JSON is checked and split
     *     by the thread that calls
     * @return the offset behind it, once it is durable; fails as {@link #append(String, Content, AppendOptions)} without
     *     conditions does
     */
    public CompletableFuture<AppendResult> append(String path, Content content) {
        return append(path, content, AppendOptions.none());
    }

    /**
     * Appends to a stream if the conditions hold (section 5.2).
     *
     * @param path the stream's, without percent-encoding
     * @param content as without conditions, but it may be empty where the options close the stream. For a JSON stream, what
     *     is not JSON and an empty array are {@link io.streamkeeper.server.api.StreamException.Invalid}, as are more bytes
     *     than the configuration's {@code bodyBytesMax}.
     * @param options what must hold, each with the exception that tells that it does not
     * @return the offset behind it, once it is durable; fails with {@link
     *     io.streamkeeper.server.api.StreamException.Closed} if the stream is closed, and with {@link
     *     io.streamkeeper.server.api.StreamException.ContentTypeMismatch} if it has another type
     */
    public CompletableFuture<AppendResult> append(String path, Content content, AppendOptions options) {
        return append(path, content, options, executor);
    }

    CompletableFuture<AppendResult> append(String path, Content content, AppendOptions options, Executor on) {
        return ask(on, Results::appended, call -> execute(commands.append(path, content, options), 0, call));
    }

    /**
     * Closes a stream: it takes no more (section 5.3). Closing it again is no error.
     *
     * @param path the stream's, without percent-encoding
     * @return where the stream ends, once it is durably closed
     */
    public CompletableFuture<AppendResult> close(String path) {
        return close(path, AppendOptions.none());
    }

    /**
     * Closes a stream if the conditions hold (section 5.3).
     *
     * @param path the stream's, without percent-encoding
     * @param options what must hold, each with the exception that tells that it does not
     * @return where the stream ends, once it is durably closed; fails with {@link
     *     io.streamkeeper.server.api.StreamException.Closed} for a producer if the stream was closed by somebody else
     */
    public CompletableFuture<AppendResult> close(String path, AppendOptions options) {
        return close(path, options, executor);
    }

    CompletableFuture<AppendResult> close(String path, AppendOptions options, Executor on) {
        return ask(on, Results::appended, call -> execute(commands.close(path, options), 0, call));
    }

    /**
     * Reads what is there, about as much as the configuration's {@code windowBytes} at once, no message and no character
     * cut (section 5.6): unlike a response over HTTP, a batch is in memory as a whole.
     * A batch that is not {@link Batch#upToDate} is followed by another.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, such as the last batch's {@link Batch#nextOffset}
     * @return the batch, empty at the tail; fails with {@link io.streamkeeper.server.api.StreamException.OffsetGone} if
     *     retention has let go of what would come next, or the offset is of an earlier stream at this path
     */
    public CompletableFuture<Batch> read(String path, From from) {
        return read(path, from, config.read().windowBytes());
    }

    /**
     * Reads what is there, about {@code bytesMax} bytes at once (section 5.6): JSON messages that were written at about the
     * same time, up to 64 KiB of them or those of one append, come together.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, as for {@link #read(String, From)}
     * @param bytesMax 1 or more; what comes together may be more than that
     * @return the batch; fails as that of {@link #read(String, From)} does
     * @throws IllegalArgumentException if {@code bytesMax} is not positive
     */
    public CompletableFuture<Batch> read(String path, From from, int bytesMax) {
        return read(path, from, bytesMax, executor);
    }

    CompletableFuture<Batch> read(String path, From from, int bytesMax, Executor on) {
        if (bytesMax < 1) {
            throw new IllegalArgumentException("bytesMax is " + bytesMax + "; expected 1 or more");
        }
        return ask(on, Results::batch, call -> execute(commands.read(path, from), bytesMax, call));
    }

    /**
     * Reads all the messages of a JSON stream that are there, in as many reads as that takes: for streams that fit into
     * memory. Each comes with the offset after it.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, as for {@link #read(String, From)}
     * @return the messages, none at the tail; fails with {@link
     *     io.streamkeeper.server.api.StreamException.ContentTypeMismatch} if the stream has bytes
     */
    public CompletableFuture<List<Message>> readMessages(String path, From from) {
        return readMessages(path, from, new ArrayList<>(), executor);
    }

    private CompletableFuture<List<Message>> readMessages(String path, From from, List<Message> before, Executor on) {
        return read(path, from, config.read().windowBytes(), on)
                .thenCompose(batch -> messages(path, batch, on).thenCompose(messages -> {
                    before.addAll(messages);
                    return batch.upToDate()
                            ? CompletableFuture.completedFuture(List.copyOf(before))
                            : readMessages(path, From.offset(batch.nextOffset()), before, on);
                }));
    }

    /**
     * The messages of a batch with their offsets, which the stream's shard makes of their positions. Whatever comes of it, one
     * task on {@code on} completes the future.
     */
    CompletableFuture<List<Message>> messages(String path, Batch batch, Executor on) {
        List<String> texts = batch.messages();
        if (texts.isEmpty()) {
            return CompletableFuture.supplyAsync(List::of, on);
        }
        Offset last = Offset.parse(batch.nextOffset());
        long[] positions = StoredMessages.ends(batch.bytes(), last.position());
        CompletableFuture<Offset[]> found = new CompletableFuture<>();
        StreamPath at = StreamPath.of(path);
        engine.shards().of(at).offsets(at, positions, last, new Callback<>() {
            @Override
            public void complete(Offset[] offsets) {
                found.complete(offsets);
            }

            @Override
            public void refuse(Refusal refusal) {
                found.completeExceptionally(StreamException.of(refusal));
            }
        });
        return found.handleAsync(
                (offsets, failure) -> {
                    if (failure != null) {
                        throw new CompletionException(failure);
                    }
                    List<Message> messages = new ArrayList<>(texts.size());
                    for (int i = 0; i < offsets.length; i++) {
                        messages.add(new Message(texts.get(i), offsets[i].toString()));
                    }
                    return messages;
                },
                on);
    }

    /**
     * Reads what is there, or waits for what comes next (section 5.7). No thread is held meanwhile.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, as for {@link #read(String, From)}; {@link From#now} waits for the next append
     * @param wait how long at the most, in whole milliseconds and up to a day; then the batch is empty. Cancelling the
     *     future ends the wait too.
     * @return the batch, at once if there is something or the stream is closed; fails as that of {@link #read(String,
     *     From)} does, also if the stream is deleted meanwhile
     * @throws IllegalArgumentException if {@code wait} is negative
     */
    public CompletableFuture<Batch> tail(String path, From from, Duration wait) {
        return tail(path, from, wait, executor);
    }

    CompletableFuture<Batch> tail(String path, From from, Duration wait, Executor on) {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("wait is " + wait + "; expected none or more");
        }
        long millis = wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX.toMillis() : wait.toMillis();
        return ask(on, Results::batch, call -> poll(commands.poll(path, from, millis), call));
    }

    /**
     * Tells what is known of a stream (section 5.5). It does not lengthen the life of a stream that has a time to live.
     *
     * @param path the stream's, without percent-encoding
     * @return how the stream is, by what is durable
     */
    public CompletableFuture<StreamMetadata> metadata(String path) {
        return metadata(path, executor);
    }

    CompletableFuture<StreamMetadata> metadata(String path, Executor on) {
        return ask(on, Results::described, call -> execute(commands.describe(path), 0, call));
    }

    /**
     * Deletes a stream and all its data, but for what forks inherit (section 5.4).
     *
     * @param path the stream's, without percent-encoding
     * @return completed with null, once the deletion is durable
     */
    public CompletableFuture<Void> delete(String path) {
        return delete(path, executor);
    }

    CompletableFuture<Void> delete(String path, Executor on) {
        return ask(on, outcome -> null, call -> execute(commands.delete(path), 0, call));
    }

    @Override
    public Listening listen(String path, From from, StreamListener listener) {
        return feeds.listen(path, from, listener);
    }

    @Override
    public Flow.Publisher<Batch> publisher(String path, From from) {
        return feeds.publisher(path, from);
    }

    // ---- how it is asked ----

    private interface Asking {
        void ask(Call<?> call);
    }

    private <T> CompletableFuture<T> ask(Executor on, Function<Outcome, T> result, Asking asking) {
        Call<T> call = new Call<>(result, on);
        calls.add(call);
        call.future().whenComplete((value, failure) -> calls.remove(call));
        if (closing) {
            call.complete(closed());
            return call.future();
        }
        try {
            asking.ask(call);
        } catch (RefusedException e) {
            call.complete(e.refusal());
        }
        return call.future();
    }

    private void execute(Command command, int readBytesMax, Call<?> call) {
        engine.shards().of(command.path()).execute(command, readBytesMax, call);
    }

    private void poll(Command.Read read, Call<?> call) {
        Shard shard = engine.shards().of(read.path());
        LongPoll poll = new LongPoll(read, config.read().windowBytes(), read.timeoutMillis(), shard.loop(), call);
        waiting.add(call);
        call.future().whenComplete((batch, failure) -> {
            waiting.remove(call);
            if (call.future().isCancelled()) {
                poll.cancel(shard);
            }
        });
        poll.start(shard);
    }

    private static Refusal closed() {
        return Refusal.of(ErrorCode.SHUTTING_DOWN, "the streams are closed");
    }

    // ---- servers on it ----

    /** {@return what the streams were opened with} */
    public ServerConfig config() {
        return config;
    }

    /**
     * What these streams have counted and hold now: requests of the servers on them, and the work of their shards. See {@link
     * Metric} for what there is.
     *
     * @return completed on the executor, when every event loop has answered; late where one is held up, so that who waits for
     *     it should do so with a timeout
     */
    public CompletableFuture<MetricsSnapshot> metrics() {
        return engine.metrics(executor);
    }

    Engine engine() {
        return engine;
    }

    HttpServer newHttpServer(ServerConfig httpConfig) {
        if (closing) {
            throw new IllegalStateException("the streams are closed");
        }
        return new HttpServer(
                httpConfig, engine.shards(), engine.memory(), engine.loops(), engine.workers(), Clock.SYSTEM);
    }

    /** Has a server closed before the streams are. */
    void attach(Serving server) {
        servers.add(server);
    }

    void detach(Serving server) {
        servers.remove(server);
    }

    // ---- the end ----

    /**
     * Closes the streams: stops the servers on them and whoever waits at a tail, lets what is under way end, for as long as
     * the configuration's {@code shutdownTimeoutMillis} at the most, and makes everything durable. What is asked afterwards
     * fails with {@link io.streamkeeper.server.api.StreamException.Unavailable}. Returns when all is done; not to be called
     * by a listener or by what depends on a future, for which it waits.
     */
    @Override
    public void close() {
        close(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.shutdownTimeoutMillis()));
    }

    /** Servers that own these streams come here too, perhaps because it is the streams that were closed. */
    synchronized void close(long deadlineNanos) {
        if (closing) {
            return;
        }
        closing = true;
        servers.forEach(Serving::stop);
        waiting.forEach(call -> call.complete(closed()));
        awaitCalls(deadlineNanos);
        engine.close(deadlineNanos - System.nanoTime());
        calls.forEach(call -> call.complete(closed()));
    }

    private void awaitCalls(long deadlineNanos) {
        CompletableFuture<?> all =
                CompletableFuture.allOf(calls.stream().map(Call::future).toArray(CompletableFuture[]::new));
        try {
            all.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the streams are closed while some of what was asked fails or is under way", e);
        }
    }
}
