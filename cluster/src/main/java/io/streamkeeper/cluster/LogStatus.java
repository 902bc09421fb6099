package io.streamkeeper.cluster;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member knows of itself and the others, at about one moment.
 *
 * @param member its name
 * @param role what it is
 * @param term the newest term that it knows
 * @param leader the name of the leader, or null if none is known
 * @param leaderSince when this member has learned of that leader, in this term; null if none is known
 * @param leaderChanges how often a leader of another name or term was elected since the start
 * @param epoch the epoch in which it may propose, or 0
 * @param last index of the last entry of its log
 * @param synced index of the last entry that is durable here
 * @param committed index of the last entry that it knows to be committed
 * @param delivered the last place up to which its listener has received all frames
 * @param bytesInFlight memory of the frames that are reserved or proposed
 * @param members all members, this one included, in the order of their names; none if it has ended
 * @param failure why it has ended, or null
 */
public record LogStatus(
        String member,
        Role role,
        long term,
        @Nullable String leader,
        @Nullable Instant leaderSince,
        long leaderChanges,
        long epoch,
        long last,
        long synced,
        long committed,
        LogPosition delivered,
        long bytesInFlight,
        List<MemberProgress> members,
        @Nullable LogFailure failure) {
    /** Copies the list. */
    public LogStatus {
        members = List.copyOf(members);
    }

    /** How many committed entries a member lacks, whose {@link MemberProgress#match} is known. */
    public long lagOf(MemberProgress known) {
        return Math.max(0, committed - known.match());
    }

    /** What a member is. */
    public enum Role {
        LEADER,
        CANDIDATE,
        FOLLOWER,
        /** It takes part in nothing: it was closed, or has failed. */
        ENDED
    }
}
