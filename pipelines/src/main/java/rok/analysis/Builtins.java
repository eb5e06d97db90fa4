package rok.analysis;

import java.util.Set;

/** Names that are there without anybody defining them. */
public final class Builtins {
    private Builtins() {}

    private static final Set<String> PYTHON = Set.of(
            ("ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError"
                            + " BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError"
                            + " ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis"
                            + " EncodingWarning EnvironmentError Exception ExceptionGroup False FileExistsError"
                            + " FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError"
                            + " ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError"
                            + " KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None"
                            + " NotADirectoryError NotImplemented NotImplementedError OSError OverflowError"
                            + " PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError"
                            + " RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning"
                            + " StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit"
                            + " TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError"
                            + " UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning"
                            + " ValueError Warning ZeroDivisionError __build_class__ __debug__ __doc__ __import__"
                            + " __loader__ __name__ __package__ __spec__ abs aiter all anext any ascii bin bool"
                            + " breakpoint bytearray bytes callable chr classmethod compile complex copyright credits"
                            + " delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr"
                            + " globals hasattr hash help hex id input int isinstance issubclass iter len license list"
                            + " locals map max memoryview min next object oct open ord pow print property quit range"
                            + " repr reversed round set setattr slice sorted staticmethod str sum super tuple type"
                            + " vars zip")
                    .split(" "));
    private static final Set<String> NOTEBOOK =
            Set.of(("In Out _ __ ___ _i _ii _iii _ih _oh _dh _exit_code display get_ipython __builtins__ __builtin__"
                            + " __annotations__ __class__ __session__")
                    .split(" "));

    /** Whether Python itself defines the name. */
    public static boolean ofPython(String name) {
        return PYTHON.contains(name);
    }

    /** Whether the name is there in a notebook's kernel from the start, or by its having run cells. */
    public static boolean inNotebook(String name) {
        return PYTHON.contains(name) || NOTEBOOK.contains(name) || name.matches("_i?\\d+");
    }
}
