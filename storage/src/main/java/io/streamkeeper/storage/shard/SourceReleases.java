package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.StorageFailedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The forks of a shard that have ended and of which the source, perhaps in another shard, does not know that yet; and
 * the answers that wait for that. Owned by the shard's loop.
 *
 * <p>An answer which says that a fork has ended is sent when its source counts the fork no more, and neither do the
 * ancestors that are released with the source. So a client that has received it, and then sends a request about any of
 * them, finds them as they are without the fork, whatever loops and shards its requests take. A release waits for
 * messages between loops, and for a sync if only synced records survive a power cut; it needs no room on any disk.
 *
 * <p>Bounded by the commands that are being executed, because each entry belongs to a fork that one of them ends, or
 * that has expired.
 */
final class SourceReleases {
    /** The least status of an error of the server. */
    private static final int SERVER_ERRORS = 500;

    private record Waiting(Outcome outcome, Reply reply) {}

    /** The releases of the forks of one path that are running, and the answers that wait for all of them. */
    private static final class Running {
        private final List<Waiting> waiting = new ArrayList<>();
        private int releases;
    }

    private final Map<String, Running> running = new HashMap<>();

    /** The release of the source of a fork at {@code path} begins. */
    void begin(String path) {
        running.computeIfAbsent(path, unknown -> new Running()).releases++;
    }

    /** A release that has begun has ended, unless {@link #failed} has ended it. */
    void end(String path) {
        Running ofPath = running.get(path);
        if (ofPath == null) {
            return;
        }
        ofPath.releases--;
        if (ofPath.releases == 0) {
            running.remove(path);
            ofPath.waiting.forEach(each -> each.reply().complete(each.outcome()));
        }
    }

    /**
     * A reply that passes its outcome to {@code reply} when no release of a fork at {@code path} is running. A refusal
     * by the server itself, such as that of a full disk, says nothing about the fork and does not wait.
     */
    Reply before(StreamPath path, Reply reply) {
        return outcome -> {
            if (outcome instanceof Refusal refusal && refusal.code().status() >= SERVER_ERRORS) {
                reply.complete(outcome);
            } else {
                complete(path, outcome, reply);
            }
        };
    }

    /** The same for the creation of a fork, of which each refusal waits: the source has counted the fork. */
    Reply ofFork(StreamPath path, Reply reply) {
        return outcome -> complete(path, outcome, reply);
    }

    private void complete(StreamPath path, Outcome outcome, Reply reply) {
        Running ofPath = running.get(path.value());
        if (ofPath == null) {
            reply.complete(outcome);
        } else {
            ofPath.waiting.add(new Waiting(outcome, reply));
        }
    }

    /** The shard acknowledges nothing more (I9). */
    void failed(StorageFailedException reason) {
        List<Running> all = List.copyOf(running.values());
        running.clear();
        all.forEach(ofPath -> ofPath.waiting.forEach(each -> each.reply().complete(CommitQueue.refusal(reason))));
    }
}
