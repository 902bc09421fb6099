package io.streamkeeper.bench.storage;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Workload;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Creates streams, appends to them, sometimes reads them, and ends them. Each connection has its own slots, and each
 * slot has one stream at a time. A request is for a random slot of the connection, so that lifetimes overlap evenly: it
 * creates the stream, appends to it, reads it or, after its last append, deletes it. Some streams are left to expire
 * instead. Owned by the run's loop.
 */
public final class ChurnWorkload implements Workload {
    private static final String PREFIX = "d/";
    private static final long SEED = 3;
    private static final int STREAMS_MAX = 10_000_000;
    private static final int NONE = -1;

    private enum Step {
        CREATE,
        APPEND,
        READ,
        DELETE
    }

    private record Expiring(long atNanos, long bytes) {}

    private final ChurnConfig config;
    private final ChurnTally tally;
    private final int connections;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final NumberedRequest create = NumberedRequest.create(PREFIX, 0);
    private final NumberedRequest createExpiring;
    private final NumberedRequest append;
    private final NumberedRequest read = NumberedRequest.read(PREFIX);
    private final NumberedRequest delete = NumberedRequest.delete(PREFIX);
    private final ArrayDeque<Expiring> expiring = new ArrayDeque<>();

    private final int[] stream;
    private final int[] appends;
    private final int[] appendsTarget;
    private final boolean[] expires;
    private final int[] slotOf;
    private final Step[] stepOf;
    private int nextStream;

    public ChurnWorkload(ChurnConfig config, int connections, ChurnTally tally) {
        this.config = config;
        this.tally = tally;
        this.connections = connections;
        this.createExpiring = NumberedRequest.createWithTtl(PREFIX, config.ttlSeconds());
        this.append = NumberedRequest.append(PREFIX, config.appendBytes());
        int slots = Math.max(config.slots(), connections);
        stream = new int[slots];
        appends = new int[slots];
        appendsTarget = new int[slots];
        expires = new boolean[slots];
        slotOf = new int[connections];
        stepOf = new Step[connections];
        for (int slot = 0; slot < slots; slot++) {
            stream[slot] = NONE;
            appendsTarget[slot] = 1 + random.nextInt(randomAppends());
        }
    }

    @Override
    public boolean next(int connection, ByteBuf out) {
        removeExpired();
        int slot = connection + connections * random.nextInt((stream.length - connection - 1) / connections + 1);
        Step step = step(slot);
        slotOf[connection] = slot;
        stepOf[connection] = step;
        switch (step) {
            case CREATE -> {
                stream[slot] = nextStream++ % STREAMS_MAX;
                expires[slot] = random.nextInt(100) < config.expiringPercent();
                (expires[slot] ? createExpiring : create).writeTo(out, stream[slot]);
            }
            case APPEND -> append.writeTo(out, stream[slot]);
            case READ -> read.writeTo(out, stream[slot]);
            case DELETE -> delete.writeTo(out, stream[slot]);
        }
        return true;
    }

    /** Chooses the next request of a slot. A stream that is left to expire vacates its slot at once. */
    private Step step(int slot) {
        if (stream[slot] != NONE && appends[slot] >= appendsTarget[slot]) {
            if (!expires[slot]) {
                return Step.DELETE;
            }
            long lifeNanos = TimeUnit.SECONDS.toNanos(config.ttlSeconds());
            expiring.add(new Expiring(System.nanoTime() + lifeNanos, bytes(slot)));
            vacate(slot);
        }
        if (stream[slot] == NONE) {
            return Step.CREATE;
        }
        boolean reads = config.readEvery() > 0 && appends[slot] > 0 && random.nextInt(config.readEvery()) == 0;
        return reads ? Step.READ : Step.APPEND;
    }

    @Override
    public void answered(int connection, int status, long bodyBytes) {
        int slot = slotOf[connection];
        boolean expired = status == 404 && expires[slot];
        if (expired) {
            tally.removed(bytes(slot));
            vacate(slot);
        } else if (status < 200 || status > 299) {
            tally.refused();
        } else {
            completed(stepOf[connection], slot, bodyBytes);
        }
    }

    private void completed(Step step, int slot, long bodyBytes) {
        switch (step) {
            case CREATE -> tally.created();
            case APPEND -> {
                appends[slot]++;
                tally.appended(config.appendBytes());
            }
            case READ -> tally.read(bodyBytes == bytes(slot));
            case DELETE -> {
                tally.removed(bytes(slot));
                vacate(slot);
            }
        }
    }

    private void removeExpired() {
        long now = System.nanoTime();
        while (!expiring.isEmpty() && expiring.element().atNanos() <= now) {
            tally.removed(expiring.remove().bytes());
        }
    }

    private long bytes(int slot) {
        return (long) appends[slot] * config.appendBytes();
    }

    private void vacate(int slot) {
        stream[slot] = NONE;
        appends[slot] = 0;
        appendsTarget[slot] = randomAppends();
    }

    private int randomAppends() {
        return config.appendsMin() + random.nextInt(config.appendsMax() - config.appendsMin() + 1);
    }
}
