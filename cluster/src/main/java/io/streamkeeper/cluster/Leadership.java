package io.streamkeeper.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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

    /** The commit index that a follower has to know for its reads. */
    private final Map<RaftPeerId, Long> wanted = new HashMap<>();

    /** Of the term in which this member was elected last. */
    private @Nullable LeaderState state;

    private RaftServer.@Nullable Division division;
    private long lastQueued;

    private static final class Question {
        final CompletableFuture<Void> answer = new CompletableFuture<>();
        /** The entry that this member has to apply before the answer. */
        final long applied;
        /** By the member that is asked, the first message whose reply counts. */
        final Map<RaftPeerId, Long> firstCalls = new HashMap<>();

        final Set<RaftPeerId> replied = new HashSet<>();

        Question(long applied) {
            this.applied = applied;
        }
    }

    /** The division that leads or not, and the last entry that its listener has received; set before it starts. */
    synchronized void serve(RaftServer.Division server, long lastReceived) {
        division = server;
        lastQueued = lastReceived;
    }

    // ---- questions ----

    /**
     * The index of the last entry that a read which begins now has to see; fails with {@link NoLeaderException} if this
     * member does not lead. That is the last committed entry, although this leader may not have applied it: another
     * member may have, and was read.
     */
    CompletableFuture<Long> readIndex() {
        return ask(false);
    }

    /** Completes when the listener of this leader is about to receive all that a read which begins now has to see. */
    CompletableFuture<Void> received() {
        return ask(true).thenApply(index -> null);
    }

    private CompletableFuture<Long> ask(boolean isForSelf) {
        RaftServer.Division server = server();
        if (server == null || !server.getInfo().isLeaderReady()) {
            return CompletableFuture.failedFuture(notLeading());
        }
        // What earlier leaders have committed was known here as committed before this one was ready.
        long index = server.getRaftLog().getLastCommittedIndex();
        Question question = new Question(isForSelf ? index : -1);
        open(question).forEach(LogAppender::triggerHeartbeat);
        if (!server.getInfo().isLeaderReady()) {
            lost();
        }
        settle(question, server);
        return question.answer.thenApply(confirmed -> index);
    }

    private synchronized List<LogAppender> open(Question question) {
        appenders.forEach((id, appender) -> question.firstCalls.put(id, appender.getCallId()));
        open.add(question);
        return List.copyOf(appenders.values());
    }

    private synchronized RaftServer.@Nullable Division server() {
        return division;
    }

    private static NoLeaderException notLeading() {
        return new NoLeaderException("this member does not lead; the read may be tried again");
    }

    /** Answers a question if a majority has replied, and what it needs is applied. */
    private void settle(Question question, RaftServer.Division server) {
        RaftConfiguration members = server.getRaftConf();
        synchronized (this) {
            if (lastQueued < question.applied
                    || !isMajority(members.getCurrentPeers(), question.replied, server.getId())
                    || !isMajority(members.getPreviousPeers(), question.replied, server.getId())) {
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
                wanted.clear();
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
        boolean isEarly;
        synchronized (this) {
            RaftPeerId follower = appender.getFollowerId();
            if (appenders.get(follower) != appender) {
                return;
            }
            isEarly = lacks(appender, reply.getFollowerCommit());
            for (Question question : open) {
                if (call < question.firstCalls.getOrDefault(follower, Long.MAX_VALUE)) {
                    isEarly = true;
                } else if (question.replied.add(follower)) {
                    confirmed.add(question);
                }
            }
        }
        confirmed.forEach(question -> settle(question, server));
        if (isEarly) {
            // The message that was asked for may have been taken for the one under way.
            appender.triggerHeartbeat();
        }
    }

    /** Whether a follower has an entry that it reads, and does not know yet that it is committed. */
    private boolean lacks(LogAppender appender, long knownCommit) {
        Long index = wanted.get(appender.getFollowerId());
        if (index == null) {
            return false;
        }
        if (knownCommit >= index) {
            wanted.remove(appender.getFollowerId());
            return false;
        }
        return appender.getFollower().getMatchIndex() >= index;
    }

    /**
     * Sends a follower what it needs to know that the entries up to {@code index} are committed; at once if it has them,
     * and otherwise when it has replied that it has.
     */
    void hasten(RaftPeerId follower, long index) {
        LogAppender appender;
        synchronized (this) {
            appender = appenders.get(follower);
            if (appender == null || appender.getFollower().getCommitIndex() >= index) {
                return;
            }
            wanted.merge(follower, index, Math::max);
            if (appender.getFollower().getMatchIndex() < index) {
                return;
            }
        }
        appender.triggerHeartbeat();
    }

    /** The listener receives the entry after what is queued for it. */
    void queued(long index) {
        List<Question> waiting;
        RaftServer.Division server;
        Set<RaftPeerId> followers;
        synchronized (this) {
            lastQueued = index;
            server = division;
            waiting =
                    open.stream().filter(question -> question.applied == index).toList();
            followers = Set.copyOf(appenders.keySet());
        }
        if (server == null) {
            return;
        }
        for (Question question : waiting) {
            settle(question, server);
        }
        // No later entry brings the followers the news.
        if (server.getInfo().isLeader() && index == server.getRaftLog().getNextIndex() - 1) {
            followers.forEach(follower -> hasten(follower, index));
        }
    }
}
