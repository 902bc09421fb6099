package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds the state that recovery has found to one shard, before the shard serves: first its streams, then the number of
 * forks of each, which all shards of a server determine together. Used by one thread at a time: first the one that
 * opens the shard, then the one that connects the forks, then the loop, see {@link #settle}.
 */
public final class ShardStart {
    private final ShardState state;
    private final Forks forks;
    private List<StreamState> found = new ArrayList<>();

    ShardStart(ShardState state, Forks forks) {
        this.state = state;
        this.forks = forks;
    }

    /**
     * Adds the streams that recovery has found, in the order of their generations; called before anything else.
     *
     * @param useIntervalMillis how long a record of a stream's use covers further uses
     */
    public void recover(List<StreamState> streams, long lastGeneration, long useIntervalMillis) {
        state.useIntervalMillis(useIntervalMillis);
        state.generations().seen(lastGeneration);
        long now = state.clock().wallMillis();
        for (StreamState stream : streams) {
            state.generations().seen(stream.generation());
            stream.publishRecovered();
            if (stream.isDropped()) {
                state.drop(stream);
            } else {
                recover(stream, now);
            }
        }
        List<StreamState> listed = listed(false);
        state.listed().fill(listed);
        state.closedCount(
                (int) listed.stream().filter(StreamState::isDurablyClosed).count());
        state.reserved().fill(listed(true));
    }

    private List<StreamState> listed(boolean reserved) {
        return found.stream()
                .filter(stream -> !stream.isDeleted() && stream.isReserved() == reserved)
                .toList();
    }

    private void recover(StreamState stream, long nowMillis) {
        state.dropBefore(stream, stream.kept());
        if (state.leads()) {
            stream.lifetime().recover(nowMillis);
        } else {
            stream.lifetime().received(nowMillis, state.clock().steadyMillis());
        }
        state.useLater(stream);
        found.add(stream);
        state.put(stream);
        state.settle(stream);
        if (!stream.isDeleted()) {
            state.keepUp(stream);
        }
        if (Trim.isDue(state, stream)) {
            state.trimLater(stream);
        }
    }

    /** The streams that recovery has found and that are not dropped, until {@link #settle}. */
    public List<StreamState> found() {
        return found;
    }

    /** Counts a fork of a stream of this shard that recovery has found; see {@code RecoveredForks}. */
    public void countFork(StreamState source) {
        forks.count(source);
    }

    /** Removes from the count a fork that recovery has found and that nothing needs. */
    public void uncountFork(long source) {
        forks.release(source);
    }

    /**
     * The forks of all shards are counted, see {@code RecoveredForks}: releases the streams that the log keeps for
     * forks although they have none. On the loop.
     */
    void settle() {
        List<StreamState> counted = found;
        found = List.of();
        counted.forEach(stream -> Release.decide(state, stream));
    }

    /** The shard is closed: releases the found streams that were not settled. */
    void close() {
        found.forEach(stream -> stream.content().release(state.extents()::released));
    }
}
