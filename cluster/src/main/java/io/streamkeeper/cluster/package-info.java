/**
 * A log of frames that several machines agree on before a frame counts as committed.
 * {@link io.streamkeeper.cluster.FrameLog} is the interface, {@link io.streamkeeper.cluster.RaftNode} the only
 * implementation: one Raft server of Apache Ratis with one group. No type of Ratis occurs in a public signature.
 *
 * <p>In reading order: {@link io.streamkeeper.cluster.ClusterConfig} with {@link io.streamkeeper.cluster.Member} and
 * {@link io.streamkeeper.cluster.LogLimits}; {@link io.streamkeeper.cluster.EntryLayout}, the format of an entry;
 * {@link io.streamkeeper.cluster.Proposer}, which owns the thread that appends;
 * {@link io.streamkeeper.cluster.AppliedEntries}, which Ratis calls; {@link io.streamkeeper.cluster.Delivery}, which
 * owns the thread of the listener, with {@link io.streamkeeper.cluster.FrameParts};
 * {@link io.streamkeeper.cluster.ReadBarriers} with {@link io.streamkeeper.cluster.Leadership}; and for a start {@link io.streamkeeper.cluster.RaftSettings},
 * {@link io.streamkeeper.cluster.NodeIdentity} and {@link io.streamkeeper.cluster.LogCheck}.
 * {@link io.streamkeeper.cluster.FrameSource} is what is read of a log before that, of a member that starts by {@link
 * io.streamkeeper.cluster.MemberDirectory}, and of one that does not run by {@link io.streamkeeper.cluster.StoppedLog}.
 * {@link io.streamkeeper.cluster.LogFiles} does what Ratis leaves to others about the files of its log.
 */
@NullMarked
package io.streamkeeper.cluster;

import org.jspecify.annotations.NullMarked;
