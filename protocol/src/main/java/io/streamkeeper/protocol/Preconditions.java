package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The preconditions of a write (RFC 9110 section 13.1). The entity tag of a state is the offset of its tail in quotes;
 * for a change of metadata it is {@link StreamInfo#metadataTag}.
 *
 * <p>{@code If-Modified-Since} and {@code If-Unmodified-Since} are ignored, because a stream has no modification date
 * (sections 13.1.3 and 13.1.4).
 *
 * @param ifMatch the states that are accepted; null for all
 * @param ifNoneMatch the states that are not accepted; null for none
 */
public record Preconditions(
        @Nullable EntityTagList ifMatch, @Nullable EntityTagList ifNoneMatch) {
    /** Accepts any state, and a path without a stream. */
    public static final Preconditions NONE = new Preconditions(null, null);

    /**
     * Reads the fields.
     *
     * @param ifMatch the value of {@code If-Match}; null where it was not sent
     * @param ifNoneMatch the value of {@code If-None-Match}; null where it was not sent
     * @return the conditions, {@link #NONE} where neither was sent
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if one is not valid
     */
    public static Preconditions parse(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        if (ifMatch == null && ifNoneMatch == null) {
            return NONE;
        }
        return new Preconditions(
                ifMatch == null ? null : EntityTagList.parse("If-Match", ifMatch),
                ifNoneMatch == null ? null : EntityTagList.parse("If-None-Match", ifNoneMatch));
    }

    /**
     * {@return the condition that the tail is at an offset}
     *
     * @param offset the tail that is accepted
     */
    public static Preconditions tailAt(Offset offset) {
        return new Preconditions(EntityTagList.of(offset), null);
    }

    /** {@return whether any state is accepted} */
    public boolean isNone() {
        return ifMatch == null && ifNoneMatch == null;
    }

    /**
     * Evaluates the conditions in the order of RFC 9110 section 13.2.2, for a write that no other rule refuses.
     *
     * @param path the stream
     * @param tail the tail before the write; null where the stream does not exist
     * @return the refusal with 412, or null if the conditions hold
     */
    public @Nullable Refusal evaluate(StreamPath path, @Nullable Offset tail) {
        return evaluate(path, tail, null);
    }

    /**
     * Evaluates the conditions for a tail that may have two offsets.
     *
     * @param path the stream
     * @param tail the tail before the write; null where the stream does not exist
     * @param formerTail the offset of the tail in format version 1; null for none
     * @return the refusal with 412, or null if the conditions hold
     */
    public @Nullable Refusal evaluate(StreamPath path, @Nullable Offset tail, @Nullable Offset formerTail) {
        if (ifMatch != null && tail == null) {
            return Refusal.of(
                    ErrorCode.PRECONDITION_FAILED,
                    "If-Match is " + Quoted.of(ifMatch.toString()) + ", but stream " + Quoted.of(path.value())
                            + " does not exist");
        }
        if (ifMatch != null
                && tail != null
                && !ifMatch.namesStrongly(tail)
                && !namesFormer(ifMatch, formerTail, true)) {
            return Refusal.at(
                    ErrorCode.OFFSET_MISMATCH,
                    "If-Match is " + Quoted.of(ifMatch.toString()) + ", but the stream's tail is " + tail,
                    tail,
                    false);
        }
        if (ifNoneMatch != null
                && tail != null
                && (ifNoneMatch.namesWeakly(tail) || namesFormer(ifNoneMatch, formerTail, false))) {
            return Refusal.at(
                    ErrorCode.PRECONDITION_FAILED,
                    "If-None-Match is " + Quoted.of(ifNoneMatch.toString()) + ", but stream " + Quoted.of(path.value())
                            + " exists and its tail is " + tail,
                    tail,
                    false);
        }
        return null;
    }

    /**
     * Evaluates the conditions of a change of metadata, whose entity tag is that of the metadata.
     *
     * @param path the stream
     * @param tag the tag of the present metadata, without its quotes
     * @return the refusal with 412, or null if the conditions hold
     */
    public @Nullable Refusal evaluateMetadata(StreamPath path, String tag) {
        String quoted = '"' + tag + '"';
        if (ifMatch != null && !ifMatch.hasStrong(quoted)) {
            return Refusal.ofMetadata(
                    ErrorCode.METADATA_MISMATCH,
                    "If-Match is " + Quoted.of(ifMatch.toString()) + ", but the metadata of stream "
                            + Quoted.of(path.value()) + " has the tag " + tag,
                    tag);
        }
        if (ifNoneMatch != null && ifNoneMatch.hasWeak(quoted)) {
            return Refusal.ofMetadata(
                    ErrorCode.PRECONDITION_FAILED,
                    "If-None-Match is " + Quoted.of(ifNoneMatch.toString()) + ", but the metadata of stream "
                            + Quoted.of(path.value()) + " has the tag " + tag,
                    tag);
        }
        return null;
    }

    /**
     * {@return the condition that the metadata has a tag}
     *
     * @param tag the tag that is accepted, without its quotes
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if it cannot be a tag
     */
    public static Preconditions metadataIs(String tag) {
        return parse('"' + tag + '"', null);
    }

    private static boolean namesFormer(EntityTagList tags, @Nullable Offset formerTail, boolean strongly) {
        return formerTail != null && (strongly ? tags.namesStrongly(formerTail) : tags.namesWeakly(formerTail));
    }
}
