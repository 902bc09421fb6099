package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.EventLoop;
import io.streamkeeper.server.shard.WorkerThreads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the names of receivers on threads of its own, because the resolver of the system blocks, and a name server
 * that does not respond must delay nothing else. A name is resolved once for all that ask for it at the same time. Safe
 * for use by any thread.
 */
final class NameLookups implements AutoCloseable {
    private static final int THREADS = 4;

    /** The most names that are being resolved. */
    private static final int NAMES_MAX = 1_024;

    /** Resolves a name; blocks. */
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    private final Resolver resolver;
    private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();
    private volatile @Nullable ExecutorService threads;
    private boolean isClosed;

    NameLookups(Resolver resolver) {
        this.resolver = resolver;
    }

    /** Starts the threads, unless that was done; a loop must not. */
    synchronized void start() {
        if (threads == null && !isClosed) {
            threads = WorkerThreads.start("streamkeeper-names", THREADS);
        }
    }

    /**
     * Resolves a name.
     *
     * @param loop calls {@code then}, in a later turn, with the addresses or with the failure
     */
    void lookUp(String name, EventLoop loop, BiConsumer<List<InetAddress>, @Nullable Throwable> then) {
        CompletableFuture<List<InetAddress>> asked = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> known = underWay.putIfAbsent(name, asked);
        (known == null ? asked : known)
                .whenComplete((addresses, failure) ->
                        loop.execute(() -> then.accept(failure == null ? addresses : List.of(), failure)));
        if (known == null) {
            begin(name, asked);
        }
    }

    private void begin(String name, CompletableFuture<List<InetAddress>> asked) {
        ExecutorService started = threads;
        try {
            if (started == null || underWay.size() > NAMES_MAX) {
                throw new RejectedExecutionException("too many names are being resolved");
            }
            started.execute(() -> resolve(name, asked));
        } catch (RejectedExecutionException e) {
            underWay.remove(name, asked);
            asked.completeExceptionally(e);
        }
    }

    private void resolve(String name, CompletableFuture<List<InetAddress>> asked) {
        try {
            InetAddress[] found = resolver.resolve(name);
            underWay.remove(name, asked);
            asked.complete(List.of(found));
        } catch (UnknownHostException | RuntimeException e) {
            underWay.remove(name, asked);
            asked.completeExceptionally(e);
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
