package io.streamkeeper.server.subscription.webhook;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.WebhookSignature;
import io.streamkeeper.server.security.WatchedFile;
import io.streamkeeper.server.subscription.WebhookKeys;
import io.streamkeeper.storage.disk.FileProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of webhooks and of the tokens of wakes: of a file, which is made when the first key is needed and is read
 * again when it changes, or in memory. Those who use a key wait for {@link #prepare} before. Safe for use by any thread.
 *
 * <p>In a cluster, the member that leads has the keys of all: from its {@link #begin} to its {@link #end}, its file is a
 * copy of the {@link KeyLog}, and a change of the file is appended to it. A server without one has the keys in its file;
 * if its streams were those of a cluster, they move there, and so the file counts again if it becomes a member.
 */
public final class StoredWebhookKeys implements WebhookKeys, AutoCloseable {
    /** The file in the data directory. */
    public static final String FILE = "webhook-keys";

    private static final Logger LOG = LoggerFactory.getLogger(StoredWebhookKeys.class);
    private static final long CHECK_MILLIS = 1_000;

    private final @Nullable Path file;
    private final @Nullable KeyLog log;
    private final @Nullable KeyLog former;
    private final LongSupplier nowMillis;
    private final long checkMillis;
    private volatile @Nullable KeySet set;
    private @Nullable WatchedFile<KeySet> watched;
    private @Nullable ScheduledExecutorService watcher;
    private boolean isClosed;

    private StoredWebhookKeys(
            @Nullable Path file,
            @Nullable KeyLog log,
            @Nullable KeyLog former,
            LongSupplier nowMillis,
            long checkMillis) {
        this.file = file;
        this.log = log;
        this.former = former;
        this.nowMillis = nowMillis;
        this.checkMillis = checkMillis;
    }

    /** Keys that are lost when the process ends. */
    public static StoredWebhookKeys inMemory(LongSupplier nowMillis) {
        return new StoredWebhookKeys(null, null, null, nowMillis, CHECK_MILLIS);
    }

    /**
     * Keys of a file, which is read if it exists; blocks.
     *
     * @param nowMillis the time in milliseconds since 1970 UTC
     * @throws IOException if it cannot be read, or others may read it; the message contains the remedy
     * @throws IllegalArgumentException if its content is not valid; the message names the file and contains the remedy
     */
    public static StoredWebhookKeys ofFile(Path file, LongSupplier nowMillis) throws IOException {
        return ofFile(file, null, nowMillis, CHECK_MILLIS);
    }

    /**
     * The same, of streams that may have been those of a cluster.
     *
     * @param former has its keys, which move to the file with {@link #begin}, unless there is one
     */
    public static StoredWebhookKeys ofFile(Path file, KeyLog former, LongSupplier nowMillis) throws IOException {
        return ofFile(file, former, nowMillis, CHECK_MILLIS);
    }

    /** The same with another time between two checks of the file. */
    static StoredWebhookKeys ofFile(Path file, LongSupplier nowMillis, long checkMillis) throws IOException {
        return ofFile(file, null, nowMillis, checkMillis);
    }

    private static StoredWebhookKeys ofFile(
            Path file, @Nullable KeyLog former, LongSupplier nowMillis, long checkMillis) throws IOException {
        StoredWebhookKeys keys = new StoredWebhookKeys(file, null, former, nowMillis, checkMillis);
        if (!Files.notExists(file)) {
            keys.load(file);
        }
        return keys;
    }

    /**
     * Keys of a member of a cluster, which has them after {@link #begin}.
     *
     * @param file for {@code rotate-key}, of the member that leads
     * @param log has the keys of the cluster
     */
    public static StoredWebhookKeys ofMember(Path file, KeyLog log, LongSupplier nowMillis) {
        return ofMember(file, log, nowMillis, CHECK_MILLIS);
    }

    /** The same with another time between two checks of the file. */
    static StoredWebhookKeys ofMember(Path file, KeyLog log, LongSupplier nowMillis, long checkMillis) {
        return new StoredWebhookKeys(file, log, null, nowMillis, checkMillis);
    }

    /**
     * The member leads from now on: reads the keys of the cluster, and replaces the file by them. A file of a cluster
     * without keys has the first. Without a cluster, the keys of a former one move to the file. Blocks.
     *
     * @throws IOException if the keys cannot be read, or the file cannot be written
     */
    public synchronized void begin() throws IOException {
        if (log == null || file == null) {
            moveFormer();
            return;
        }
        KeySet newest = log.newest();
        boolean isFile = !Files.notExists(file);
        if (newest == null && isFile) {
            log.append(WatchedFile.ofSecrets(file, KeyFile::parse).value());
        } else if (newest != null && !(isFile && isCopy(file, newest))) {
            KeyFile.write(file, newest);
            LOG.info("{} has the keys of the cluster now", file);
        }
        if (newest != null || isFile) {
            load(file);
        }
    }

    private void moveFormer() throws IOException {
        KeySet newest = file == null || former == null ? null : former.newest();
        if (file == null || former == null || newest == null) {
            return;
        }
        if (Files.notExists(file)) {
            KeyFile.write(file, newest);
            load(file);
            LOG.info("{} has the keys of the former cluster now", file);
        }
        try {
            former.drop();
        } catch (IOException e) {
            LOG.debug("the keys of the former cluster stay until the next start", e);
        }
    }

    private static boolean isCopy(Path file, KeySet keys) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).equals(KeyFile.text(keys));
    }

    /** The member does not lead any more: changes of the file are not used. */
    public synchronized void end() {
        if (watcher != null) {
            watcher.shutdown();
        }
        watcher = null;
        watched = null;
    }

    @Override
    public CompletableFuture<Void> prepare(Executor workers) {
        if (set != null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> prepared = new CompletableFuture<>();
        workers.execute(() -> {
            try {
                make();
                prepared.complete(null);
            } catch (IOException | RuntimeException e) {
                prepared.completeExceptionally(refusalOr(e));
            }
        });
        return prepared;
    }

    /** The refusal that passes and that is the cause, such as that of a member which does not lead; else the failure. */
    private static Exception refusalOr(Exception failure) {
        return failure.getCause() instanceof RefusedException refused
                        && refused.refusal().code().status() == ErrorCode.NO_LEADER.status()
                ? refused
                : failure;
    }

    private synchronized void make() throws IOException {
        if (set != null) {
            return;
        }
        if (file == null) {
            set = KeySet.make();
            return;
        }
        if (Files.notExists(file)) {
            KeySet made = KeySet.make();
            if (log != null) {
                log.append(made);
            }
            try {
                KeyFile.write(file, made);
            } catch (IOException e) {
                throw FileProblem.explained(e, file);
            }
            LOG.info("the first key of webhooks was made in {}", file);
        }
        load(file);
    }

    private synchronized void load(Path path) throws IOException {
        end();
        WatchedFile<KeySet> opened = WatchedFile.ofSecrets(path, KeyFile::parse);
        watched = opened;
        set = opened.value();
        if (!isClosed) {
            watcher = Executors.newSingleThreadScheduledExecutor(
                    new DefaultThreadFactory("streamkeeper-webhook-keys", true));
            watcher.scheduleWithFixedDelay(this::check, checkMillis, checkMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Reads the file again if it has changed; throws nothing, so that it is repeated. */
    synchronized void check() {
        try {
            if (watched != null) {
                watched.check();
                use(watched.value());
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the keys of webhooks have changed, but cannot be used yet; it is tried again", e);
        }
    }

    private void use(KeySet read) throws IOException {
        if (read != set) {
            if (log != null) {
                log.append(read);
            }
            set = read;
        }
    }

    /**
     * Replaces the key in a file, also of a server that runs; blocks.
     *
     * @param isRevoked whether nothing may be verified with the old keys from now on; else they verify for an hour
     * @return the id of the new key
     * @throws IOException if the file cannot be read or written, or others may read it
     * @throws IllegalArgumentException if its content is not valid
     */
    public static String rotate(Path file, boolean isRevoked, long nowMillis) throws IOException {
        KeySet old = Files.notExists(file)
                ? null
                : WatchedFile.ofSecrets(file, KeyFile::parse).value();
        KeySet rotated = old == null ? KeySet.make() : old.rotated(nowMillis, isRevoked);
        try {
            KeyFile.write(file, rotated);
        } catch (IOException e) {
            throw FileProblem.explained(e, file);
        }
        return rotated.current().verifying().id();
    }

    /** The keys; only after they were {@link #prepare prepared}. */
    KeySet set() {
        KeySet known = set;
        if (known == null) {
            throw new IllegalStateException("the keys of webhooks are not prepared");
        }
        return known;
    }

    /** The keys that verify; none before they are prepared. */
    List<VerifyingKey> verifying() {
        KeySet known = set;
        return known == null ? List.of() : known.verifying(nowMillis.getAsLong());
    }

    /** Signs a body with the current time; takes about half a millisecond. */
    WebhookSignature sign(byte[] body) {
        return set().sign(nowMillis.getAsLong(), body);
    }

    @Override
    public String activeKid() {
        return set().current().verifying().id();
    }

    @Override
    public String jwkSet() {
        return set().jwks(nowMillis.getAsLong());
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        end();
    }
}
