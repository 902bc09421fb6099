package io.streamkeeper.client.api;

/**
 * The result of a read with {@link ReadOptions}.
 *
 * @param batch the data, with the offset after it
 * @param startOffset the offset before the data, where a page before this one ends
 * @param atBeginning whether the stream keeps no data before this
 */
public record Page(Batch batch, String startOffset, boolean atBeginning) {}
