using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => target is null ? false : Aten.Call("eq.Tensor", this, target);

        public Tensor eq(Scalar target) => target is null ? false : Aten.Call("eq.Scalar", this, target);

        public Tensor eq_(Tensor target) => target is null ? false : Aten.Mutate("eq_.Tensor", this, target);

        public Tensor eq_(Scalar target) => target is null ? false : Aten.Mutate("eq_.Scalar", this, target);

        public Tensor equal(Tensor target) => eq(target);

        public Tensor ne(Tensor target) => Aten.Call("ne.Tensor", this, target);

        public Tensor ne(Scalar target) => Aten.Call("ne.Scalar", this, target);

        public Tensor ne_(Tensor target) => Aten.Mutate("ne_.Tensor", this, target);

        public Tensor ne_(Scalar target) => Aten.Mutate("ne_.Scalar", this, target);

        public Tensor not_equal(Tensor target) => ne(target);

        public Tensor lt(Tensor target) => Aten.Call("lt.Tensor", this, target);

        public Tensor lt(Scalar target) => Aten.Call("lt.Scalar", this, target);

        public Tensor lt_(Tensor target) => Aten.Mutate("lt_.Tensor", this, target);

        public Tensor lt_(Scalar target) => Aten.Mutate("lt_.Scalar", this, target);

        public Tensor less(Tensor target) => lt(target);

        public Tensor le(Tensor target) => Aten.Call("le.Tensor", this, target);

        public Tensor le(Scalar target) => Aten.Call("le.Scalar", this, target);

        public Tensor le_(Tensor target) => Aten.Mutate("le_.Tensor", this, target);

        public Tensor le_(Scalar target) => Aten.Mutate("le_.Scalar", this, target);

        public Tensor less_equal(Tensor target) => le(target);

        public Tensor gt(Tensor target) => target is null ? false : Aten.Call("gt.Tensor", this, target);

        public Tensor gt(Scalar target) => target is null ? false : Aten.Call("gt.Scalar", this, target);

        public Tensor gt_(Tensor target) => target is null ? false : Aten.Mutate("gt_.Tensor", this, target);

        public Tensor gt_(Scalar target) => target is null ? false : Aten.Mutate("gt_.Scalar", this, target);

        public Tensor greater(Tensor target) => gt(target);

        public Tensor ge(Tensor target) => target is null ? false : Aten.Call("ge.Tensor", this, target);

        public Tensor ge(Scalar target) => target is null ? false : Aten.Call("ge.Scalar", this, target);

        public Tensor ge_(Tensor target) => target is null ? false : Aten.Mutate("ge_.Tensor", this, target);

        public Tensor ge_(Scalar target) => target is null ? false : Aten.Mutate("ge_.Scalar", this, target);

        public Tensor greater_equal(Tensor target) => ge(target);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            target is not null && Aten.Test("allclose", this, target, rtol, atol, equal_nan);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Aten.Call("isclose", this, other, rtol, atol, nanEqual);

        public Tensor isnan() => Aten.Call("isnan", this);

        public Tensor isinf() => Aten.Call("isinf", this);

        public Tensor isfinite() => Aten.Call("isfinite", this);

        public Tensor isposinf() => Aten.Call("isposinf", this);

        public Tensor isneginf() => Aten.Call("isneginf", this);

        public Tensor logical_and(Tensor other) => Aten.Call("logical_and", this, other);

        public Tensor logical_and_(Tensor other) => Aten.Mutate("logical_and_", this, other);

        public Tensor logical_or(Tensor other) => Aten.Call("logical_or", this, other);

        public Tensor logical_or_(Tensor other) => Aten.Mutate("logical_or_", this, other);

        public Tensor logical_xor(Tensor other) => Aten.Call("logical_xor", this, other);

        public Tensor logical_xor_(Tensor other) => Aten.Mutate("logical_xor_", this, other);

        public Tensor logical_not() => Aten.Call("logical_not", this);

        public Tensor logical_not_() => Aten.Mutate("logical_not_", this);
    }
}
