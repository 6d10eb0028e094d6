"""How kernels are compiled: by Numba, without the interpreter lock, and kept on disk for the next run.

Numba notices a change in the file of a kernel, not in the files of the kernels it calls. So compiled code is kept in a
folder named after the sources of all of them: change one and all are compiled anew.

Only what Python calls is optimised, translated to machine code and kept. What kernels call among themselves is linked
into it first: Numba would optimise and translate that by itself as well, and again in every kernel above it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, cast

import numba as nb
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.extending import intrinsic

_PACKAGE = Path(__file__).parent


def sources_digest(*rooms: str) -> str:
    """Return a digest of every source of these rooms: what was worked out by others may be out of date."""
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in (_PACKAGE / room).rglob("*.py")):
        digest.update(str(path.relative_to(_PACKAGE)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _kernels_digest() -> str:
    """Return a digest of the sources that hold kernels, and of this file."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted([*_PACKAGE.glob("solve/*.py"), *_PACKAGE.glob("simulate/*.py")]):
        source = path.read_bytes()
        if any(b"\n@" + mark + b"\n" in source for mark in (b"kernel", b"inlined", b"entry")):
            digest.update(source)
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return where compiled kernels are kept.

    ``NUMBA_CACHE_DIR`` if set, else ``duress`` in the user's cache folder, else in the temporary folder; below it, a
    folder named after the sources.
    """
    digest = _kernels_digest()
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home) / "duress" / digest
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"duress-{os.getuid()}" / digest
        folder.mkdir(parents=True, exist_ok=True)
    return folder


_FOLDER = str(cache_folder())


def kernel(function: Any) -> Any:
    """Compile ``function``, which other kernels call, as part of each `entry` that leads to it.

    Division by zero gives infinities, as in NumPy. Python cannot call it: what that takes, unpacking named tuples of
    arrays above all, costs a fifth of the time of compiling, and only an `entry` needs it.
    """
    return _compiled(function, called_from_python=False)


def inlined(function: Any) -> Any:
    """Compile ``function`` into every kernel that calls it.

    Named tuples of arrays are handed over by value, some hundred words for a game or a room, and where a kernel is
    called a million times a second that costs more than what it does.
    """
    return _compiled(function, called_from_python=False, forceinline=True)


def entry(function: Any) -> Any:
    """Compile ``function``, which Python calls, when it is first called: a kernel in all else."""
    return _compiled(function, called_from_python=True)


class _Part(JITCodeLibrary):
    """Code that is linked into that of its callers, and has no machine code of its own."""

    def finalize(self) -> None:
        """Link in what is called from here, and leave all else to the callers."""
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return zero, which stands for no function: there is none that Python could call."""
        return 0

    @property
    def codegen(self) -> Any:
        """What Numba asks for a place to put the function's environment, which only Python objects need."""
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Put it nowhere."""


class _PartCompiler(Compiler):
    """Numba's compiler, with the result in a `_Part`."""

    def compile_extra(self, func: Any) -> Any:
        """Compile a function."""
        self.state.library = _Part(self.state.targetctx.codegen(), func.__qualname__)
        return super().compile_extra(func)


def _compiled(function: Any, called_from_python: bool, forceinline: bool = False) -> Any:
    before = nb.config.CACHE_DIR  # type: ignore[attr-defined]
    nb.config.CACHE_DIR = _FOLDER  # type: ignore[attr-defined]
    try:
        # Numba's own type hints leave out the two wrappers.
        return cast(Any, nb.njit)(
            nogil=True,
            fastmath={"contract"},
            cache=called_from_python,
            error_model="numpy",
            no_cpython_wrapper=not called_from_python,
            no_cfunc_wrapper=True,
            forceinline=forceinline,
            pipeline_class=Compiler if called_from_python else _PartCompiler,
        )(function)
    finally:
        nb.config.CACHE_DIR = before  # type: ignore[attr-defined]


def _borrowed(typing_context: Any, array: Any) -> Any:
    """Type and generate `borrowed`."""

    def strip(context: Any, builder: Any, kind: Any, value: Any) -> Any:
        if isinstance(kind, types.BaseTuple):
            kinds = cast(Any, kind).types
            parts = [strip(context, builder, one, builder.extract_value(value, n)) for n, one in enumerate(kinds)]
            return context.make_tuple(builder, kind, parts)
        if not isinstance(kind, types.Array):
            return value
        record = context.make_array(kind)(context, builder, value)
        record.meminfo = cgutils.get_null_value(record.meminfo.type)
        record.parent = cgutils.get_null_value(record.parent.type)
        return record._getvalue()

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return strip(context, builder, array, arguments[0])

    return array(array), generate


borrowed: Any = intrinsic(_borrowed)
"""``borrowed(array)``: an array, or a named tuple of arrays, numbers and such tuples, that counts no references.

Kernels pass arrays to one another millions of times a second, and counting (an atomic operation, twice an array and
call) took most of their time. Whoever called the outermost kernel holds the arrays until it returns.
"""


def _high_product(typing_context: Any, first: Any, second: Any) -> Any:
    """Type and generate `high_product`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        one, other = (builder.zext(argument, wide) for argument in arguments)
        return builder.trunc(builder.lshr(builder.mul(one, other), ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


high_product: Any = intrinsic(_high_product)
"""``high_product(a, b)``: the upper 64 bits of the product of two unsigned integers of 64 bits."""


def _address(context: Any, builder: Any, array: Any, value: Any, place: Any) -> Any:
    """Return the address of ``array[place]``."""
    return builder.gep(context.make_array(array)(context, builder, value).data, [place])


def _seen(typing_context: Any, keys: Any, place: Any) -> Any:
    """Type and generate `seen`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_address(context, builder, keys, *arguments), "acquire", 8)

    return types.int64(keys, types.int64), generate


def _claimed(typing_context: Any, keys: Any, place: Any, free: Any, busy: Any) -> Any:
    """Type and generate `claimed`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, where, before, after = arguments
        address = _address(context, builder, keys, array, where)
        return builder.extract_value(builder.cmpxchg(address, before, after, "acq_rel", "acquire"), 1)

    return types.boolean(keys, types.int64, types.int64, types.int64), generate


def _published(typing_context: Any, keys: Any, place: Any, key: Any) -> Any:
    """Type and generate `published`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, where, value = arguments
        builder.store_atomic(value, _address(context, builder, keys, array, where), "release", 8)
        return context.get_dummy_value()

    return types.void(keys, types.int64, types.int64), generate


seen: Any = intrinsic(_seen)
"""``seen(keys, place)``: an integer of 64 bits that another thread may write; what it wrote before is seen as well."""

claimed: Any = intrinsic(_claimed)
"""``claimed(keys, place, free, busy)``: put ``busy`` in place of ``free``; whether this thread was the one to do so."""

published: Any = intrinsic(_published)
"""``published(keys, place, key)``: put ``key`` there, after everything this thread has written so far."""


def _copy_four(typing_context: Any, target: Any, to: Any, source: Any, start: Any) -> Any:
    """Type and generate `copy_four`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        written, there, read, here = arguments
        four = ir.VectorType(ir.DoubleType(), 4)
        places = _address(context, builder, source, read, here), _address(context, builder, target, written, there)
        read_from, write_to = (builder.bitcast(place, four.as_pointer()) for place in places)
        builder.store(builder.load(read_from, align=8), write_to, align=8)
        return context.get_dummy_value()

    return types.void(target, types.uint64, source, types.uint64), generate


copy_four: Any = intrinsic(_copy_four)
"""``copy_four(target, to, source, start)``: copy four float64 beside one another; places count from the first number.

Four numbers side by side are read and written at once, where a loop over places here and there gathers each alone.
"""


def _fetched(typing_context: Any, array: Any, place: Any) -> Any:
    """Type and generate `fetched`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        address = builder.bitcast(_address(context, builder, array, *arguments), byte)
        # To be written, to be kept as near as may be, data.
        builder.call(fetch, [address, *(ir.Constant(flag, word) for word in (1, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


fetched: Any = intrinsic(_fetched)
"""``fetched(array, place)``: have memory brought near that is soon to be written; places count from the first."""
