package io.streamkeeper.server.subscription;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Patterns, each with values, as a trie of segments: the patterns that match a path are found in one pass over its
 * segments, whatever the number of patterns that do not match. Owned by one loop.
 *
 * <p>The pass keeps the set of nodes that the segments so far lead to. A node of {@code **} leads to itself with each
 * segment, and is reached from the node before it without one. No node is in the set twice, so nothing is tried twice.
 */
final class GlobIndex<V> {
    private static final class Node<V> {
        final @Nullable Node<V> parent;
        final String segment;
        final boolean isAny;
        private @Nullable Map<String, Node<V>> literals;
        private @Nullable Node<V> one;
        private @Nullable Node<V> any;
        private @Nullable Set<V> values;

        /** The number of the last step in which the node was added to the set. */
        private long mark;

        Node(@Nullable Node<V> parent, String segment) {
            this.parent = parent;
            this.segment = segment;
            this.isAny = segment.equals(Glob.ANY);
        }

        @Nullable
        Node<V> child(String name) {
            if (name.equals(Glob.ONE)) {
                return one;
            }
            if (name.equals(Glob.ANY)) {
                return any;
            }
            return literals == null ? null : literals.get(name);
        }

        void child(String name, @Nullable Node<V> node) {
            if (name.equals(Glob.ONE)) {
                one = node;
            } else if (name.equals(Glob.ANY)) {
                any = node;
            } else if (node != null) {
                literals = literals == null ? new HashMap<>() : literals;
                literals.put(name, node);
            } else if (literals != null) {
                literals.remove(name);
                literals = literals.isEmpty() ? null : literals;
            }
        }

        boolean isEmpty() {
            return literals == null && one == null && any == null && values == null;
        }
    }

    private final Node<V> root = new Node<>(null, "");
    private List<Node<V>> reached = new ArrayList<>();
    private List<Node<V>> next = new ArrayList<>();
    private long step;

    /** Adds a value to a pattern; nothing if the pattern has it. */
    void add(Glob glob, V value) {
        Node<V> node = root;
        for (String segment : glob.segments()) {
            Node<V> child = node.child(segment);
            if (child == null) {
                child = new Node<>(node, segment);
                node.child(segment, child);
            }
            node = child;
        }
        if (node.values == null) {
            node.values = new LinkedHashSet<>();
        }
        node.values.add(value);
    }

    /** Removes a value from a pattern; nothing if the pattern does not have it. */
    void remove(Glob glob, V value) {
        Node<V> node = root;
        for (String segment : glob.segments()) {
            node = node == null ? null : node.child(segment);
        }
        if (node == null || node.values == null) {
            return;
        }
        node.values.remove(value);
        if (node.values.isEmpty()) {
            node.values = null;
        }
        while (node.parent != null && node.isEmpty()) {
            node.parent.child(node.segment, null);
            node = node.parent;
        }
    }

    boolean isEmpty() {
        return root.isEmpty();
    }

    /** Passes each value of each pattern that matches {@code path} to {@code found}; one of several patterns repeatedly. */
    void match(String path, Consumer<V> found) {
        if (isEmpty()) {
            return;
        }
        step++;
        reached.clear();
        reach(reached, root);
        int start = 0;
        while (start <= path.length() && !reached.isEmpty()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            follow(path.substring(start, end));
            start = end + 1;
        }
        for (Node<V> node : reached) {
            if (node.values != null) {
                node.values.forEach(found);
            }
        }
    }

    private void follow(String name) {
        step++;
        next.clear();
        for (Node<V> node : reached) {
            if (node.isAny) {
                reach(next, node);
            }
            if (node.one != null) {
                reach(next, node.one);
            }
            Node<V> literal = node.literals == null ? null : node.literals.get(name);
            if (literal != null) {
                reach(next, literal);
            }
        }
        List<Node<V>> before = reached;
        reached = next;
        next = before;
    }

    private void reach(List<Node<V>> set, Node<V> node) {
        if (node.mark == step) {
            return;
        }
        node.mark = step;
        set.add(node);
        if (node.any != null) {
            reach(set, node.any);
        }
    }
}
