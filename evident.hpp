#pragma once

// All of Evident that a model is built from.

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/cumulative.hpp>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/gradients.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/inference/elbo.hpp>
#include <evident/layers/activations.hpp>
#include <evident/layers/dropout.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/mlp.hpp>
#include <evident/layers/sequential.hpp>
#include <evident/layers/weights.hpp>
#include <evident/models/conditional_vae.hpp>
#include <evident/models/vae.hpp>
#include <evident/models/vae_networks.hpp>
#include <evident/optim/adam.hpp>
