package io.streamkeeper.server.shard.change;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.shard.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call in this process that waits for changes of streams. Owned by its loop.
 *
 * <p>It asks the shards in rounds, and completes after the first round with changes: so no shard has to wait until others
 * have no more, and the position includes the changes of every shard that do not concern the prefix. The answers of a
 * round are bounded, and so are the changes of a call. There is a round at the start, when a change comes, and when the
 * time is over.
 */
public final class ChangesCall implements ChangeFeed.Listener {
    private final EventLoop loop;
    private final ChangeFeed feed;
    private final int shards;
    private final Reply reply;
    private final long waitMillis;
    private final List<StreamChange> changes = new ArrayList<>();

    /** Answers in this round, of which the first ones are those of all shards, one of each. */
    private int answers;

    private boolean waits;
    private boolean timedOut;
    private boolean over;
    private @Nullable Future<?> timer;

    /**
     * A call.
     *
     * @param from the position after which the changes are; null for now
     * @param reply receives {@link Outcome.Changes} or a refusal, on {@code loop}
     */
    public ChangesCall(
            Shards shards,
            EventLoop loop,
            String prefix,
            @Nullable ListingPosition from,
            long waitMillis,
            Reply reply) {
        this.loop = loop;
        this.waitMillis = waitMillis;
        this.reply = reply;
        this.shards = shards.count();
        this.feed = new ChangeFeed(shards, prefix, from, this);
    }

    /** Begins to wait; may be called by any thread. */
    public void start() {
        LoopTasks.run(loop, () -> {
            if (over) {
                return;
            }
            timer = loop.schedule(this::timeOut, waitMillis, TimeUnit.MILLISECONDS);
            beginRound();
        });
    }

    /** Ends the call; without effect if it has ended. May be called by any thread. */
    public void close() {
        LoopTasks.run(loop, this::end);
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    private void beginRound() {
        answers = 0;
        waits = false;
        feed.refresh();
        next();
    }

    private void next() {
        if (!over && feed.isReady()) {
            feed.next();
        }
    }

    @Override
    public void available() {
        beginRound();
    }

    @Override
    public void received(List<StreamChange> received, boolean hasAll) {
        changes.addAll(received);
        answers++;
        if ((!changes.isEmpty() && answers >= shards) || (timedOut && hasAll)) {
            complete(new Outcome.Changes(changes, feed.position(), hasAll));
        } else if (hasAll) {
            waits = true;
        } else {
            // Not at once: each shard of this loop would answer within the call of the one before.
            loop.execute(this::next);
        }
    }

    private void timeOut() {
        timedOut = true;
        if (waits) {
            beginRound();
        }
    }

    @Override
    public void gone() {
        complete(Refusal.of(
                ErrorCode.OFFSET_GONE,
                "the changes after the position are not known any more; list the streams again, and continue from the"
                        + " position of the first page"));
    }

    @Override
    public void failed(Refusal refusal) {
        complete(refusal);
    }

    private void complete(Outcome outcome) {
        if (!over) {
            end();
            reply.complete(outcome);
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        feed.close();
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
