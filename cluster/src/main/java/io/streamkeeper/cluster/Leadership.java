package io.streamkeeper.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/**
 * Whether this member still leads. A question is answered when a majority has replied to messages that were sent after
 * it was asked: so no other member led by then, and nothing was acknowledged that is not known here.
 *
 * <p>It takes the place of what Ratis 3.3.0 does for reads. That asks nobody if an earlier read has confirmed the same
 * commit index, so a leader that was cut off or stopped would return an old state; and a read that comes right after a
 * write waits for a heartbeat, because the replies to messages under way do not count. Safe for use by any thread.
 */
final class Leadership {
    private final Map<RaftPeerId, LogAppender> appenders = new HashMap<>();
    private final List<Question> open = new ArrayList<>();

    /** Of the term in which this member was elected last. */
    private @Nullable LeaderState state;

    private RaftServer.@Nullable Division division;
    private LongSupplier applied = () -> -1;

    private static final class Question {
        final CompletableFuture<Void> answer = new CompletableFuture<>();
        /** By the member that is asked, the first message whose reply counts. */
        final Map<RaftPeerId, Long> firstCalls = new HashMap<>();

        final Set<RaftPeerId> replied = new HashSet<>();
    }

    /** The division that leads or not, and the last entry that its listener receives; set before it starts. */
    synchronized void serve(RaftServer.Division server, LongSupplier lastApplied) {
        division = server;
        applied = lastApplied;
    }

    // ---- questions ----

    /**
     * The index of the last entry that a read which begins now has to see; fails with {@link NoLeaderException} if this
     * member does not lead.
     */
    CompletableFuture<Long> readIndex() {
        RaftServer.Division server = server();
        Question question = ask();
        if (server == null || !server.getInfo().isLeaderReady()) {
            forget(question);
            return CompletableFuture.failedFuture(notLeading());
        }
        // What was acknowledged is applied here: by this leader itself, or before it was ready.
        long index = applied();
        settle(question, server.getRaftConf(), server.getId());
        return question.answer.thenApply(confirmed -> index);
    }

    private synchronized RaftServer.@Nullable Division server() {
        return division;
    }

    private synchronized long applied() {
        return applied.getAsLong();
    }

    private static NoLeaderException notLeading() {
        return new NoLeaderException("this member does not lead; the read may be tried again");
    }

    private Question ask() {
        Question question = new Question();
        List<LogAppender> asked;
        synchronized (this) {
            appenders.forEach((id, appender) -> question.firstCalls.put(id, appender.getCallId()));
            open.add(question);
            asked = List.copyOf(appenders.values());
        }
        asked.forEach(LogAppender::triggerHeartbeat);
        return question;
    }

    private synchronized void forget(Question question) {
        open.remove(question);
    }

    /** Answers a question if a majority has replied. */
    private void settle(Question question, RaftConfiguration members, RaftPeerId self) {
        synchronized (this) {
            if (!isMajority(members.getCurrentPeers(), question.replied, self)
                    || !isMajority(members.getPreviousPeers(), question.replied, self)) {
                return;
            }
            open.remove(question);
        }
        question.answer.complete(null);
    }

    private static boolean isMajority(Collection<RaftPeer> members, Set<RaftPeerId> replied, RaftPeerId self) {
        long confirm = members.stream()
                .map(RaftPeer::getId)
                .filter(id -> id.equals(self) || replied.contains(id))
                .count();
        return members.isEmpty() || confirm > members.size() / 2;
    }

    /** This member does not lead any more: no question is answered. */
    void lost() {
        List<Question> unanswered;
        synchronized (this) {
            unanswered = List.copyOf(open);
            open.clear();
        }
        unanswered.forEach(question -> question.answer.completeExceptionally(notLeading()));
    }

    // ---- what Ratis reports ----

    /** The messages to {@code follower} in the term of {@code leader} are sent by {@code appender} from now on. */
    void sends(LeaderState leader, RaftPeerId follower, LogAppender appender) {
        boolean isOfNewTerm;
        synchronized (this) {
            isOfNewTerm = leader != state;
            if (isOfNewTerm) {
                state = leader;
                appenders.clear();
            }
            appenders.put(follower, appender);
            open.forEach(question -> question.firstCalls.put(follower, 0L));
        }
        if (isOfNewTerm) {
            lost();
        }
    }

    /** The members that are not asked any more by a leader of an earlier term do not reply to it. */
    void replied(LogAppender appender, AppendEntriesReplyProto reply) {
        RaftServer.Division server = server();
        if (server == null || !reply.getServerReply().getSuccess()) {
            return;
        }
        long call = reply.getServerReply().getCallId();
        List<Question> confirmed = new ArrayList<>();
        boolean isEarly = false;
        synchronized (this) {
            RaftPeerId follower = appender.getFollowerId();
            if (appenders.get(follower) != appender) {
                return;
            }
            for (Question question : open) {
                if (call < question.firstCalls.getOrDefault(follower, Long.MAX_VALUE)) {
                    isEarly = true;
                } else if (question.replied.add(follower)) {
                    confirmed.add(question);
                }
            }
        }
        confirmed.forEach(question -> settle(question, server.getRaftConf(), server.getId()));
        if (isEarly) {
            // The message that was asked for may have been taken for the one under way.
            appender.triggerHeartbeat();
        }
    }

    /** Sends a follower what it needs to receive everything that is committed. */
    void hasten(RaftPeerId follower) {
        LogAppender appender;
        synchronized (this) {
            appender = appenders.get(follower);
        }
        if (appender != null) {
            appender.triggerHeartbeat();
        }
    }
}
