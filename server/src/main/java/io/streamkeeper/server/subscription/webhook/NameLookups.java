package io.streamkeeper.server.subscription.webhook;

import io.netty.channel.EventLoop;
import io.streamkeeper.server.shard.WorkerThreads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves the names of receivers on threads of its own, because the resolver of the system blocks. A name is resolved
 * once for all that ask for it at the same time; {@link NameLanes} decides which one is next. Safe for use by any loop: the
 * first that asks owns the state.
 */
final class NameLookups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NameLookups.class);

    /** After this time a name takes long. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Resolves a name; blocks. */
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    private final Resolver resolver;
    private final NameLanes lanes = new NameLanes();
    private final Map<String, NameLookup> underWay = new HashMap<>();
    private final AtomicReference<@Nullable EventLoop> owner = new AtomicReference<>();
    private volatile @Nullable ExecutorService threads;
    private boolean isClosed;

    NameLookups(Resolver resolver) {
        this.resolver = resolver;
    }

    /** Starts the threads, unless that was done; a loop must not. */
    synchronized void start() {
        if (threads == null && !isClosed) {
            threads = WorkerThreads.start("streamkeeper-names", NameLanes.THREADS);
        }
    }

    /**
     * Resolves a name.
     *
     * @param loop makes this call, and calls {@code then}, in a later turn, with the addresses or with the failure
     */
    void lookUp(String name, EventLoop loop, BiConsumer<List<InetAddress>, @Nullable Throwable> then) {
        EventLoop first = owner.compareAndExchange(null, loop);
        EventLoop owned = first == null ? loop : first;
        try {
            owned.execute(() -> ask(name, owned, loop, then));
        } catch (RejectedExecutionException e) {
            loop.execute(() -> then.accept(List.of(), e));
        }
    }

    // ---- on the loop of the owner ----

    private void ask(
            String name, EventLoop owned, EventLoop loop, BiConsumer<List<InetAddress>, @Nullable Throwable> then) {
        NameLookup known = underWay.get(name);
        if (known != null) {
            known.add(loop, then);
            return;
        }
        NameLookup lookup = new NameLookup(name);
        lookup.add(loop, then);
        if (lanes.add(lookup)) {
            underWay.put(name, lookup);
            beginNext(owned);
        } else {
            lookup.answer(List.of(), new RejectedExecutionException("too many names are being resolved"));
        }
    }

    private void beginNext(EventLoop owned) {
        for (NameLookup next = lanes.begin(); next != null; next = lanes.begin()) {
            begin(owned, next);
        }
    }

    private void begin(EventLoop owned, NameLookup lookup) {
        ExecutorService started = threads;
        try {
            if (started == null) {
                throw new RejectedExecutionException("the threads for names do not run");
            }
            started.execute(() -> resolve(owned, lookup, System.nanoTime()));
            await(owned, lookup);
        } catch (RejectedExecutionException e) {
            ended(owned, lookup, true, List.of(), e);
        }
    }

    /** While the name is not resolved, it gives its place to another one as soon as it can. */
    private void await(EventLoop owned, NameLookup lookup) {
        if (lookup.lane() == NameLookup.Lane.QUICK) {
            owned.schedule(
                    () -> {
                        lanes.takesLong(lookup);
                        beginNext(owned);
                        await(owned, lookup);
                    },
                    LONG_NANOS,
                    TimeUnit.NANOSECONDS);
        }
    }

    private void ended(
            EventLoop owned,
            NameLookup lookup,
            boolean wasQuick,
            List<InetAddress> addresses,
            @Nullable Throwable failure) {
        underWay.remove(lookup.name());
        lanes.end(lookup, wasQuick);
        lookup.answer(addresses, failure);
        beginNext(owned);
    }

    // ---- on a thread for names ----

    private void resolve(EventLoop owned, NameLookup lookup, long beganNanos) {
        List<InetAddress> addresses = List.of();
        Throwable failure = null;
        try {
            addresses = List.of(resolver.resolve(lookup.name()));
        } catch (UnknownHostException | RuntimeException e) {
            failure = e;
        }
        List<InetAddress> found = addresses;
        Throwable problem = failure;
        boolean wasQuick = System.nanoTime() - beganNanos < LONG_NANOS;
        try {
            owned.execute(() -> ended(owned, lookup, wasQuick, found, problem));
        } catch (RejectedExecutionException e) {
            LOG.debug("the loop that has asked for {} has ended", lookup.name(), e);
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
