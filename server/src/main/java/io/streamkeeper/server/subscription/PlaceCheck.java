package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.Callback;
import java.util.Iterator;

/**
 * Checks that no offset which a worker names is inside a message: a reader could not continue there. The ends that were
 * seen are known; of any other place the stream is asked, by a read that begins there, one after the other. Owned by the
 * loop of the subscription.
 */
final class PlaceCheck {
    private final OwnedSubscription subscription;
    private final Iterator<Look.Seen> left;

    /** Checks the offsets of the questions that were answered. */
    PlaceCheck(OwnedSubscription subscription, Iterator<Look.Seen> answers) {
        this.subscription = subscription;
        this.left = answers;
    }

    /** Completes when all are checked, or refuses the first one that is inside a message. */
    void run(Callback<Boolean> then) {
        while (left.hasNext()) {
            Look.Seen seen = left.next();
            Offset offset = seen.look().offset();
            if (offset != null && isDoubtful(seen)) {
                read(new StreamPath(seen.look().path()), offset, then);
                return;
            }
        }
        then.complete(true);
    }

    private static boolean isDoubtful(Look.Seen seen) {
        return seen.exists()
                && seen.problem() == null
                && seen.position() > 0
                && seen.position() != seen.tail()
                && seen.position() != seen.ackedPosition();
    }

    private void read(StreamPath path, Offset offset, Callback<Boolean> then) {
        Command.Read read = new Command.Read(path, new ReadStart.At(offset), LiveMode.NONE, 0, null, null);
        subscription.services().shards().of(path).execute(read, 1, outcome -> {
            if (outcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
            subscription.mailbox().tell(() -> took(path, offset, outcome, then));
        });
    }

    private void took(StreamPath path, Offset offset, Outcome outcome, Callback<Boolean> then) {
        if (subscription.isEnded()) {
            return;
        }
        if (!(outcome instanceof Refusal refusal)) {
            run(then);
        } else if (refusal.code() == ErrorCode.INVALID_OFFSET) {
            then.refuse(Refusal.of(
                    ErrorCode.ACK_OFFSET_INVALID,
                    "offset " + offset + " is inside a message of stream " + Quoted.of(path.value())
                            + "; expected the end of one"));
        } else if (refusal.code() == ErrorCode.OFFSET_GONE || refusal.code() == ErrorCode.STREAM_NOT_FOUND) {
            // Retention has dropped the place, or the stream was deleted, since it was asked for.
            run(then);
        } else {
            then.refuse(refusal);
        }
    }
}
