package io.streamkeeper.cluster;

import org.jspecify.annotations.Nullable;

/**
 * How far one of the members is, as another one knows it. Only the leader knows all of it.
 *
 * @param member its name, and the address at which the others reach it
 * @param match index of the last entry that is durable there; -1 if that is not known
 * @param contactMillis how long ago its last message arrived, 0 for the member itself; -1 if that is not known
 * @param clockSkew by how much its clock differs; null if it does not answer, and for the member itself
 */
public record MemberProgress(
        Member member,
        long match,
        long contactMillis,
        @Nullable ClockSkew clockSkew) {}
