package io.streamkeeper.storage;

import io.streamkeeper.storage.memory.Budget;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * A process with little heap that fills the part of it that is for streams, and ends without closing anything; or one
 * that starts with what that has left. Arguments: {@code fill} or {@code start}, the directory, and the shape.
 */
final class HeapProcess {
    private HeapProcess() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        try {
            run(arguments, out);
        } catch (OutOfMemoryError e) {
            out.println("OutOfMemoryError");
            out.flush();
            Runtime.getRuntime().halt(1);
        }
        out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void run(String[] arguments, PrintStream out) throws IOException {
        long heapBytes =
                Long.getLong("streamkeeper.test.heap", Runtime.getRuntime().maxMemory());
        long streamBytes = heapBytes / 8 * 5;
        RealStore store = new RealStore(Path.of(arguments[1]), new Budget("streams", streamBytes));
        if (arguments[0].equals("fill")) {
            HeapShape shape = HeapShape.valueOf(arguments[2]);
            int number = 0;
            while (number < shape.writesMax() && (shape.writesMax() < Integer.MAX_VALUE || !store.isFull())) {
                shape.write(store, number);
                number++;
            }
            out.println("written " + number);
            store.checkpoint();
        }
        out.println("streams " + store.streamCount() + " of " + store.heap().usedBytes() + " bytes, at most "
                + streamBytes);
    }
}
