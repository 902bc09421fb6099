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
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.api.StreamPage;
import io.streamkeeper.client.listen.CallbackThreads;
import io.streamkeeper.client.listen.FeedSource;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamListener;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.client.subscription.WorkerStreams;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.server.admin.LogLevels;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.log.AccessLog;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.server.security.AuditLog;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.server.shard.StreamListing;
import io.streamkeeper.server.shard.change.ChangesCall;
import io.streamkeeper.server.shard.live.LongPoll;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Durable streams in this process: they are created, appended to, read, followed, closed and deleted without a socket,
 * with the same guarantees as over HTTP. When the future of a write completes, the write is durable as configured (I1);
 * readers see durable data only (I2).
 *
 * <p>A path is one or more segments joined by slashes, such as {@code chat/42}, not percent-encoded. A refusal of the
 * protocol makes a future fail with a {@link io.streamkeeper.client.api.StreamException}, as the cause of the {@link
 * java.util.concurrent.CompletionException} that {@code join} throws; {@link #blocking} has the same calls for threads
 * that may block. An invalid argument, such as a negative time, causes an {@link IllegalArgumentException} at once.
 *
 * <p>Any call may fail with {@link io.streamkeeper.client.api.StreamException.Invalid} for an invalid path or offset,
 * and with {@link io.streamkeeper.client.api.StreamException.Unavailable}. Any call except a create fails with {@link
 * io.streamkeeper.client.api.StreamException.NotFound} if the stream does not exist, and with {@link
 * io.streamkeeper.client.api.StreamException.Deleted} if it is deleted, but forks still need its data. Further failures
 * are documented at the call.
 *
 * <p>Safe for use by any thread. The executor that is passed to {@link #open(ServerConfig, Executor)} completes futures
 * and calls listeners; by default, up to 64 threads of this library do so, so dependent tasks may block.
 */
public final class DurableStreams implements StreamSource, AutoCloseable {
    /** The longest wait of one call. */
    private static final Duration WAIT_MAX = Duration.ofDays(1);

    private final ServerConfig config;
    private final Executor executor;
    private final Engine engine;
    private final Commands commands;
    private final FeedSource feeds;
    private final BatchMessages messages;
    private final Calls calls = new Calls();
    private final Set<Serving> servers = ConcurrentHashMap.newKeySet();

    /** Guarded by this. */
    private @Nullable DurableSubscriptions subscriptions;

    private DurableStreams(ServerConfig asked, Executor executor) throws IOException {
        this.executor = executor;
        this.engine = Engine.open(asked);
        this.config = engine.config();
        this.commands = new Commands(config, engine.memory());
        this.messages = new BatchMessages(engine.shards());
        this.feeds = new FeedSource(path -> () -> new LocalFeed(this, path), executor);
    }

    /** What this process is in its cluster; null without one. */
    @Nullable
    ClusterMember cluster() {
        return engine.cluster();
    }

    /**
     * Opens the streams that the configuration names; its HTTP settings apply to servers on these streams.
     *
     * @param config where streams are kept, and when a write is acknowledged
     * @return the streams, recovered from storage, and open until they are closed
     * @throws IOException if the data directory cannot be used, or is in use by another process; no thread is left
     *     running
     */
    public static DurableStreams open(ServerConfig config) throws IOException {
        return open(config, CallbackThreads.shared());
    }

    /**
     * Opens the streams that the configuration names.
     *
     * @param config as for {@link #open(ServerConfig)}
     * @param executor completes futures and calls listeners; threads of this library run the tasks that it rejects; it
     *     is not shut down
     * @return the streams, recovered from storage, and open until they are closed
     * @throws IOException if the data directory cannot be used, or is in use by another process; no thread is left
     *     running
     */
    public static DurableStreams open(ServerConfig config, Executor executor) throws IOException {
        return new DurableStreams(config, executor);
    }

    /**
     * Opens the streams of a data directory, which is created if it does not exist; a write is acknowledged after it is
     * synced.
     *
     * @param directory used by one process at a time
     * @return the streams, recovered from storage, and open until they are closed
     * @throws IOException if the directory cannot be used, or is in use by another process; no thread is left running
     */
    public static DurableStreams open(Path directory) throws IOException {
        return open(
                ServerConfig.builder().data(data -> data.directory(directory)).build());
    }

    /**
     * {@return streams in memory for tests; their data is lost when they are closed}
     *
     * @throws IOException if no event loop can be started
     */
    public static DurableStreams inMemory() throws IOException {
        return open(ServerConfig.builder()
                .data(data -> data.durability(Durability.MEMORY))
                .build());
    }

    /** {@return the same calls for threads that may block, including virtual threads} */
    public BlockingStreams blocking() {
        return new BlockingStreams(this);
    }

    /**
     * Returns the requests about subscriptions. Those that this program creates may follow all streams, and wake their
     * workers whether or not there is a server on these streams, from the first call of this method on.
     *
     * @return the same each time
     * @throws IllegalStateException if the configuration excludes subscriptions
     */
    public synchronized DurableSubscriptions subscriptions() {
        if (subscriptions == null) {
            SubscriptionParts parts = engine.subscriptions();
            if (parts == null) {
                throw new IllegalStateException(
                        "subscriptionsMax is 0; expected a configuration that allows subscriptions");
            }
            subscriptions = new DurableSubscriptions(calls, parts, engine.workers(), executor);
            engine.beginSubscriptions();
        }
        return subscriptions;
    }

    /**
     * {@return what a {@link io.streamkeeper.client.subscription.PullWakeWorker} in this process uses}
     *
     * @throws IllegalStateException if the configuration excludes subscriptions
     */
    public WorkerStreams forWorkers() {
        return new WorkerStreams(subscriptions().blocking(), this, blocking()::read);
    }

    // ---- calls ----

    /**
     * Creates a stream; a stream that already exists with the same options is returned unchanged (section 5.1).
     *
     * @param path the stream's, without percent-encoding
     * @param options the properties and content of the stream; content that should be JSON and is not, or that has more
     *     bytes than the configuration's {@code bodyBytesMax}, fails with {@link
     *     io.streamkeeper.client.api.StreamException.Invalid}
     * @return the stream's metadata, once the stream is durable; fails with {@link
     *     io.streamkeeper.client.api.StreamException.Exists} if a stream with other options exists at the path, or a
     *     deleted one that forks still need; a fork also fails with {@link
     *     io.streamkeeper.client.api.StreamException.NotFound}, {@link
     *     io.streamkeeper.client.api.StreamException.Deleted} or {@link
     *     io.streamkeeper.client.api.StreamException.OffsetGone} because of its source
     */
    public CompletableFuture<CreateResult> create(String path, CreateOptions options) {
        return create(path, options, executor);
    }

    CompletableFuture<CreateResult> create(String path, CreateOptions options, Executor on) {
        return calls.start(on, Results::created, call -> execute(commands.create(path, options), 0, call));
    }

    /**
     * Appends to a stream: bytes, or for JSON streams a message or an array of messages, all of them or none (section
     * 5.2).
     *
     * @param path the stream's, without percent-encoding
     * @param content of the stream's type, not empty, not changed before the future is completed; the calling thread
     *     checks and splits JSON
     * @return the offset after it, once it is durable; fails like {@link #append(String, Content, AppendOptions)}
     *     without conditions
     */
    public CompletableFuture<AppendResult> append(String path, Content content) {
        return append(path, content, AppendOptions.none());
    }

    /**
     * Appends to a stream if the conditions hold (section 5.2).
     *
     * @param path the stream's, without percent-encoding
     * @param content as for {@link #append(String, Content)}, but it may be empty if the options close the stream. In a
     *     JSON stream, invalid JSON and an empty array fail with {@link
     *     io.streamkeeper.client.api.StreamException.Invalid}; so does content of more bytes than the configuration's
     *     {@code bodyBytesMax}.
     * @param options the conditions, each with its own exception
     * @return the offset after it, once it is durable; fails with {@link
     *     io.streamkeeper.client.api.StreamException.Closed} if the stream is closed, and with {@link
     *     io.streamkeeper.client.api.StreamException.ContentTypeMismatch} if it has another type
     */
    public CompletableFuture<AppendResult> append(String path, Content content, AppendOptions options) {
        return append(path, content, options, executor);
    }

    CompletableFuture<AppendResult> append(String path, Content content, AppendOptions options, Executor on) {
        return calls.start(on, Results::appended, call -> execute(commands.append(path, content, options), 0, call));
    }

    /**
     * Closes a stream to appends (section 5.3). To close it again is no error.
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
     * @param options the conditions, each with its own exception
     * @return where the stream ends, once it is durably closed; fails with {@link
     *     io.streamkeeper.client.api.StreamException.Closed} for a producer if another client has closed the stream
     */
    public CompletableFuture<AppendResult> close(String path, AppendOptions options) {
        return close(path, options, executor);
    }

    CompletableFuture<AppendResult> close(String path, AppendOptions options, Executor on) {
        return calls.start(on, Results::appended, call -> execute(commands.close(path, options), 0, call));
    }

    /**
     * Reads stored data, about as many bytes as the configuration's {@code windowBytes}, without cutting a message or a
     * character (section 5.6); unlike an HTTP response, a batch is in memory as a whole. If a batch is not {@link
     * Batch#upToDate}, read again from its end.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, such as the previous batch's {@link Batch#nextOffset}
     * @return the batch, empty at the tail; fails with {@link io.streamkeeper.client.api.StreamException.OffsetGone} if
     *     retention has dropped the next data, or the offset belongs to an earlier stream at this path
     */
    public CompletableFuture<Batch> read(String path, From from) {
        return read(path, from, config.read().windowBytes());
    }

    /**
     * Reads stored data, about {@code bytesMax} bytes (section 5.6). JSON messages that were written at about the same
     * time, up to 64 KiB or all of one append, are returned together.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, as for {@link #read(String, From)}
     * @param bytesMax 1 or more; messages that are returned together may have more bytes
     * @return the batch; fails like {@link #read(String, From)}
     * @throws IllegalArgumentException if {@code bytesMax} is not positive
     */
    public CompletableFuture<Batch> read(String path, From from, int bytesMax) {
        return read(path, from, bytesMax, executor);
    }

    CompletableFuture<Batch> read(String path, From from, int bytesMax, Executor on) {
        if (bytesMax < 1) {
            throw new IllegalArgumentException("bytesMax is " + bytesMax + "; expected 1 or more");
        }
        return calls.start(on, Results::batch, call -> execute(commands.read(path, from), bytesMax, call));
    }

    /**
     * Reads stored data within limits: at most so many messages or bytes, up to an offset, the last messages, or a page
     * that ends at an offset. A batch that does not end at its limit, because it would have more bytes than the
     * configuration's {@code windowBytes}, is continued from its {@link Batch#nextOffset}; a page that ends at an offset
     * begins later instead.
     *
     * @param path the stream's, without percent-encoding
     * @param options where the read begins and ends
     * @return the batch and where it begins; fails like {@link #read(String, From)}, and with {@link
     *     io.streamkeeper.client.api.StreamException.Invalid} if messages of a stream of bytes are counted
     * @throws IllegalArgumentException if the options describe a page without a limit
     */
    public CompletableFuture<Page> read(String path, ReadOptions options) {
        return read(path, options, executor);
    }

    CompletableFuture<Page> read(String path, ReadOptions options, Executor on) {
        int bytesMax = config.read().windowBytes();
        return calls.start(on, Results::page, call -> execute(commands.read(path, options), bytesMax, call));
    }

    /**
     * Reads all stored messages of a JSON stream, each with the offset after it, with as many reads as necessary. For
     * streams that fit into memory.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, as for {@link #read(String, From)}
     * @return the messages, none at the tail; fails with {@link
     *     io.streamkeeper.client.api.StreamException.ContentTypeMismatch} if the stream consists of bytes
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

    CompletableFuture<List<Message>> messages(String path, Batch batch, Executor on) {
        return messages.of(path, batch, on);
    }

    /**
     * Reads stored data, or waits for the next append (section 5.7). The wait blocks no thread.
     *
     * @param path the stream's, without percent-encoding
     * @param from where to begin, as for {@link #read(String, From)}; {@link From#now} waits for the next append
     * @param wait the longest wait, in whole milliseconds and up to a day; after it, the batch is empty. Cancelling the
     *     future also ends the wait.
     * @return the batch, at once if there is data or the stream is closed; fails like {@link #read(String, From)}, also
     *     if the stream is deleted during the wait
     * @throws IllegalArgumentException if {@code wait} is negative
     */
    public CompletableFuture<Batch> tail(String path, From from, Duration wait) {
        return tail(path, from, wait, executor);
    }

    CompletableFuture<Batch> tail(String path, From from, Duration wait, Executor on) {
        long millis = waitMillis(wait);
        return calls.start(on, Results::batch, call -> poll(commands.poll(path, from, millis), call));
    }

    private static long waitMillis(Duration wait) {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("wait is " + wait + "; expected none or more");
        }
        return wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX.toMillis() : wait.toMillis();
    }

    /**
     * Returns the metadata of a stream (section 5.5). It does not lengthen the life of a stream that has a time to
     * live.
     *
     * @param path the stream's, without percent-encoding
     * @return the metadata of the durable state
     */
    public CompletableFuture<StreamMetadata> metadata(String path) {
        return metadata(path, executor);
    }

    CompletableFuture<StreamMetadata> metadata(String path, Executor on) {
        return calls.start(on, Results::described, call -> execute(commands.describe(path), 0, call));
    }

    /**
     * Changes the metadata of a stream: its content type, when it expires, how much it keeps. What the options do not
     * name stays as it is. Data that a shorter retention does not keep is dropped right after; a change restarts the time
     * of a time to live.
     *
     * @param path the stream's, without percent-encoding
     * @param options what changes, at least one property
     * @return the metadata after the change, once it is durable; fails with {@link
     *     io.streamkeeper.client.api.StreamException.MetadataMismatch} if the metadata does not have the tag that the
     *     options require, with {@link io.streamkeeper.client.api.StreamException.ContentTypeMismatch} if the content
     *     type would change how stored bytes are read, and with {@link
     *     io.streamkeeper.client.api.StreamException.Invalid} if the stream would expire at once
     */
    public CompletableFuture<StreamMetadata> changeMetadata(String path, MetadataOptions options) {
        return changeMetadata(path, options, executor);
    }

    CompletableFuture<StreamMetadata> changeMetadata(String path, MetadataOptions options, Executor on) {
        return calls.start(on, Results::changed, call -> execute(commands.change(path, options), 0, call));
    }

    /**
     * Lists streams in the order of their paths, one page at a time. A page costs its size, whatever the number of
     * streams. A stream that exists while all pages are requested is on exactly one of them.
     *
     * @param options which streams
     * @return the page; with little memory it has fewer items than the limit, even if it is not the last one
     */
    public CompletableFuture<StreamPage> list(ListOptions options) {
        return list(options, executor);
    }

    CompletableFuture<StreamPage> list(ListOptions options, Executor on) {
        return calls.start(
                on,
                Results::listed,
                call -> StreamListing.start(
                        engine.shards(),
                        Commands.list(options),
                        path -> true,
                        engine.memory().listings(),
                        engine.loops().next(),
                        call));
    }

    /**
     * Returns the creations, closures and deletions of streams after a position, or waits until there is one. The history
     * of the server is bounded, and begins when it starts.
     *
     * @param prefix the text with which the paths of the streams begin, without percent-encoding; empty for all
     * @param position {@link StreamPage#position} or {@link StreamChanges#position}; null for a time between
     *     the call and its completion, so that a change that comes meanwhile may be missed; to begin at a known time, call
     *     this with null and no wait, and go on from the position that it returns
     * @param wait the longest wait, in whole milliseconds; after it, there are no changes
     * @return the changes; the future fails with {@link io.streamkeeper.client.api.StreamException.OffsetGone} if some of
     *     them are not known any more: list the streams again
     * @throws IllegalArgumentException if the wait is negative
     */
    public CompletableFuture<StreamChanges> changes(String prefix, @Nullable String position, Duration wait) {
        return changes(prefix, position, wait, executor);
    }

    CompletableFuture<StreamChanges> changes(String prefix, @Nullable String position, Duration wait, Executor on) {
        long millis = waitMillis(wait);
        return calls.start(on, Results::changes, call -> {
            String checked = new ListQuery(prefix, null, 1, false).prefix();
            ListingPosition from = position == null ? null : ListingPosition.parse("position", position);
            ChangesCall waiting =
                    new ChangesCall(engine.shards(), engine.loops().next(), checked, from, millis, call);
            calls.addWaiting(call);
            call.future().whenComplete((changes, failure) -> waiting.close());
            waiting.start();
        });
    }

    /**
     * Deletes a stream and all its data, except for what forks inherit (section 5.4).
     *
     * @param path the stream's, without percent-encoding
     * @return completed with null, once the deletion is durable
     */
    public CompletableFuture<Void> delete(String path) {
        return delete(path, executor);
    }

    CompletableFuture<Void> delete(String path, Executor on) {
        return calls.start(on, outcome -> null, call -> execute(commands.delete(path), 0, call));
    }

    @Override
    public Listening listen(String path, From from, StreamListener listener) {
        return feeds.listen(path, from, listener);
    }

    @Override
    public Flow.Publisher<Batch> publisher(String path, From from) {
        return feeds.publisher(path, from);
    }

    // ---- execution ----

    private void execute(Command command, int readBytesMax, Call<?> call) {
        engine.shards().of(command.path()).execute(command, readBytesMax, call);
    }

    private void poll(Command.Read read, Call<?> call) {
        Shard shard = engine.shards().of(read.path());
        LongPoll poll = new LongPoll(read, config.read().windowBytes(), read.timeoutMillis(), shard.loop(), call);
        calls.addWaiting(call);
        call.future().whenComplete((batch, failure) -> {
            if (call.future().isCancelled()) {
                poll.cancel(shard);
            }
        });
        poll.start(shard);
    }

    // ---- servers on these streams ----

    /** {@return the configuration that the streams were opened with} */
    public ServerConfig config() {
        return config;
    }

    /**
     * Returns the metrics of these streams: counters and current values for the requests of the servers on them and the
     * work of their shards. {@link Metric} lists them.
     *
     * @return completed on the executor, when every event loop has answered; a delayed loop delays it, so wait for it
     *     with a timeout
     */
    public CompletableFuture<MetricsSnapshot> metrics() {
        return engine.metrics(executor);
    }

    Engine engine() {
        return engine;
    }

    /**
     * A new HTTP side for these streams.
     *
     * @param policy decides who may do what, and is closed with the HTTP side, or if there is none; null if everybody
     *     may do everything
     * @throws IOException if the audit log or the access log cannot be written
     */
    HttpServer newHttpServer(ServerConfig httpConfig, @Nullable SecurityPolicy policy, @Nullable LogLevels levels)
            throws IOException {
        try {
            return newOwnerOf(policy, httpConfig, levels);
        } catch (IOException | RuntimeException e) {
            if (policy != null) {
                policy.close();
            }
            throw e;
        }
    }

    private HttpServer newOwnerOf(@Nullable SecurityPolicy policy, ServerConfig httpConfig, @Nullable LogLevels levels)
            throws IOException {
        if (calls.isClosing()) {
            throw new IllegalStateException("the streams are closed");
        }
        AccessLog access = AccessLog.open(httpConfig);
        try {
            return newHttpServer(policy, access, httpConfig, levels);
        } catch (IOException | RuntimeException e) {
            if (access != null) {
                access.close();
            }
            throw e;
        }
    }

    private HttpServer newHttpServer(
            @Nullable SecurityPolicy policy,
            @Nullable AccessLog access,
            ServerConfig httpConfig,
            @Nullable LogLevels levels)
            throws IOException {
        Path audit = httpConfig.security().auditFile();
        return new HttpServer(
                httpConfig,
                engine.shards(),
                engine.memory(),
                engine.loops(),
                engine.readers(),
                engine.workers(),
                Clock.SYSTEM,
                policy,
                audit == null ? null : AuditLog.open(audit),
                access,
                engine.limits(),
                engine.subscriptions(),
                engine.forwarding(),
                () -> engine.metrics(engine.workers()),
                levels);
    }

    /** Registers a server, so that {@link #close} stops it before it closes the streams. */
    void attach(Serving server) {
        servers.add(server);
    }

    void detach(Serving server) {
        servers.remove(server);
    }

    // ---- closing ----

    /**
     * Closes the streams: stops the servers on them, ends the waits at tails, waits for the calls in progress, but no
     * longer than the configuration's {@code shutdownTimeoutMillis}, and makes everything durable. Later calls fail
     * with {@link io.streamkeeper.client.api.StreamException.Unavailable}. Returns when all of this is complete. A
     * listener, or a task that depends on a future of a call, must not call it, because it waits for them.
     */
    @Override
    public void close() {
        close(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.shutdownTimeoutMillis()));
    }

    /** Servers that own these streams also call it, possibly because the streams are being closed. */
    synchronized void close(long deadlineNanos) {
        if (calls.isClosing()) {
            return;
        }
        calls.close();
        servers.forEach(Serving::stop);
        calls.endWaits();
        calls.await(deadlineNanos);
        engine.close(deadlineNanos - System.nanoTime());
        calls.endRest();
    }
}
